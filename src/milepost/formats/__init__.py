"""A value and its unit in the words of the reader."""
