"""osTicket, by its database."""
