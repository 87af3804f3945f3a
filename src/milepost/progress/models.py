"""The newest measurement of every target, its verdicts, and one snapshot a day for the charts."""

from typing import ClassVar

from django.db import models

from milepost.goals.models import Target


class Verdict(models.Model):
    """What a target came to in the end. Rows are only added, which the database sees to; the newest counts.

    Everything that it rests on is kept with it, so that it can be understood when all of that has changed.
    """

    class Basis(models.TextChoices):
        """As of when facts count: the end of the milestone, or with what changed until the verdict."""

        END = "end"
        LATER = "later"

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="verdicts")
    # 1, and one more after each reopening.
    number = models.PositiveSmallIntegerField()
    judged_at = models.DateTimeField()
    basis = models.CharField(max_length=5, choices=Basis.choices)
    status = models.CharField(max_length=20)
    wished = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    shown = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    progress = models.PositiveSmallIntegerField(null=True)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    sample = models.BigIntegerField()
    measured_at = models.DateTimeField()
    # Since when nothing was measured any more, for the person had left.
    stopped_at = models.DateTimeField(null=True)
    pipelines = models.JSONField()
    # `metrics.question.Measure` as JSON, with a version.
    measure = models.JSONField()
    # The least sample and the threshold that it was judged by.
    rules = models.JSONField()
    # The newest version of working hours that there was.
    calendar_version = models.BigIntegerField(null=True)
    # By slug of the source, from and until when it had been read.
    watermarks = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "number"], name="one_verdict_per_number")]

    def __str__(self) -> str:
        return f"{self.target}: {self.status}"


class Measurement(models.Model):
    """What a target's contributor reached in its milestone, when that was measured, and how it is judged.

    The value is `numerator / denominator`, exact; both are null where there is nothing to measure.
    Two statuses are kept, one for a moment inside the milestone and one for a moment after its end, so that a page
    is right at every moment without judging again: what changes with the clock alone is which of the two is shown.

    Once there is a verdict, that is shown in their place, and the measurement says what later changes would make of it.
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
    # The newest one; null while the milestone is not final, and while it is reopened.
    verdict = models.OneToOneField(Verdict, on_delete=models.PROTECT, null=True, related_name="+")

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
