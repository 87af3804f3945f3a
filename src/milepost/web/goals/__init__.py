"""The overview of goals, and the form that creates one."""
