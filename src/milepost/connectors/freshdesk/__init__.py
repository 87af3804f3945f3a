"""Freshdesk, read over version 2 of its interface."""
