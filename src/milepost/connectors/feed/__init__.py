"""A feed of ticket events: pages of JSON that a help desk, or a script beside it, serves."""
