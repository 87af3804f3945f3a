"""Time without tickets: periods, working hours, business time."""
