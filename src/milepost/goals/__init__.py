"""What we want: goals, contributors, milestones, targets, and how they are judged."""
