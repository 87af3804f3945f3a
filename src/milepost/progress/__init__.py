"""How it goes: measurements and their history."""
