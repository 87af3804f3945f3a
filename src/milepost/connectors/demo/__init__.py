"""The demo desk: a real log, moved in time."""
