"""Help desks and files we can read."""
