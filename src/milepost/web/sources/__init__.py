"""What is read from where."""
