"""Redmine, read over its REST interface."""
