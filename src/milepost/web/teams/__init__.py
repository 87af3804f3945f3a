"""Teams: who they are, and how all their goals stand."""
