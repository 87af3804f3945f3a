"""What can be measured, and the engine that measures it."""
