"""What we know about the help desk: events, the facts made from them, and their store."""
