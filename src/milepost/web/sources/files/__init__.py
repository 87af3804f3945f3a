"""Uploading files, and matching their columns and words."""
