"""Intercom, read over its REST interface."""
