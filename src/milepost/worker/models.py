"""Jobs are rows: what is to be done, when, and who is at it."""

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """One piece of work that is done again and again, or once when it is asked for.

    It is due from `due_at`; without a moment it waits to be asked for. Whoever works it holds a lease and a fencing
    number, which goes up with every lease: a worker whose number is no longer the newest writes nothing.
    """

    # The kind, and behind a colon what it is about, as in "sync:desk".
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True, db_index=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    # How often in a row it failed, or was begun and never ended.
    attempts = models.PositiveIntegerField(default=0)
    # Why it failed last, or what it has to complain of: a text of the catalogue and what stands in its places.
    error = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)
    needs_person_since = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # How long it took when it was done last.
    took = models.DurationField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
