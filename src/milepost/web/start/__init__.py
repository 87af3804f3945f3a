"""The first steps of a fresh installation: tickets, people, working hours, a first goal."""
