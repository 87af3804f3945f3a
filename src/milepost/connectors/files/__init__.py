"""Event logs and ticket tables in files."""
