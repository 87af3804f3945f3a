"""Zendesk, read over the interface of its ticketing."""
