"""Finding a goal, a team, a person or a page by a few letters."""
