"""Absences of people: who is away when, entered by hand, by file, or followed from a calendar."""
