"""Zammad, read over its REST interface."""
