"""Persons, teams and memberships: who works tickets, where, and from when to when."""
