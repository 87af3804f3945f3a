"""The inbox, what one wants of it, digests, and the channels that results of teams are posted to."""
