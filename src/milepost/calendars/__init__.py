"""Time without tickets: periods, and later business hours and holidays."""
