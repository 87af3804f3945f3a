"""One entry per change; entries are only added."""

from typing import ClassVar

from django.db import models


class Change(models.Model):
    """Who changed what, when, from what to what, and why.

    The actor is kept by id and name without a foreign key: history outlives users.
    """

    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=50)
    thing_kind = models.CharField(max_length=50)
    thing_id = models.CharField(max_length=50)
    thing_name = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["thing_kind", "thing_id", "at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing_kind} {self.thing_name}"
