"""The demo desk: the log of a real help desk, moved in time, with goals over its busiest teams and people."""
