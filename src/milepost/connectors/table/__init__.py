"""What a table of tickets or events means, whether its rows come from a file or a database."""
