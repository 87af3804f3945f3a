"""The settings of the account."""
