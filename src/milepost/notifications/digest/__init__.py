"""The weekly digest: one headline, three goals, two things worth one's time, one button."""
