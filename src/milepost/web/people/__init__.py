"""Signing in, and how the pages look to a reader."""
