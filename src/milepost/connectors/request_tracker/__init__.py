"""Request Tracker 5, read over its REST 2 interface."""
