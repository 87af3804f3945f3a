"""Chatwoot, read over its application interface."""
