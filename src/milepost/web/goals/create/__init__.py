"""Making a goal in four steps. The draft keeps what was typed; every step has an address."""
