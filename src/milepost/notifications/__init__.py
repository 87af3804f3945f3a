"""Who should know: what is worth telling, whom, when, and by which way it travels."""
