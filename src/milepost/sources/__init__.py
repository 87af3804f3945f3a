"""The help desks and files this installation reads."""
