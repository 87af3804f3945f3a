"""Words that every layer may use. No Django."""
