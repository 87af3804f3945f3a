"""Help Scout, read over its Inbox API 2.0, and what happened in a conversation over version 3 of it."""
