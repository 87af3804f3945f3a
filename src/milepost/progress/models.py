"""The newest measurement of every target, and one snapshot a day for the charts."""

from typing import ClassVar

from django.db import models

from milepost.goals.models import Target


class Measurement(models.Model):
    """What a target's contributor reached in its milestone, when that was measured, and how it is judged.

    The value is `numerator / denominator`, exact; both are null where there is nothing to measure.
    Two statuses are kept, one for a moment inside the milestone and one for a moment after its end, so that a page
    is right at every moment without judging again: what changes with the clock alone is which of the two is shown.
    """

    target = models.OneToOneField(Target, on_delete=models.CASCADE, related_name="measurement")
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    sample = models.BigIntegerField(default=0)
    # The value as shown and judged: rounded half up, in the unit of the target.
    shown = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    # Whole percent, 0 to 999.
    progress = models.PositiveSmallIntegerField(null=True)
    status_running = models.CharField(max_length=20)
    status_ended = models.CharField(max_length=20)
    # Null when the pace says nothing (no target, nothing measured).
    pace = models.CharField(max_length=20, null=True)  # noqa: DJ001 - no pace is not an empty pace
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.target}: {self.shown}"


class Snapshot(models.Model):
    """The measurement of a target at the end of a day of its zone; the newest of the day stays."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="snapshots")
    day = models.DateField()
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    sample = models.BigIntegerField(default=0)
    measured_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "day"], name="one_snapshot_per_day")]

    def __str__(self) -> str:
        return f"{self.target} on {self.day}"
