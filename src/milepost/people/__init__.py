"""Who: users, persons, teams, memberships, roles and access."""
