"""Addresses that programs ask, not people: events are sent to them, or a help desk says that something changed."""
