"""When the account and its teams work."""
