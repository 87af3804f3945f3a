"""When: the jobs, who works them, and what becomes of those that fail."""
