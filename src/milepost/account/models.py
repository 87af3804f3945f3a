"""The settings of the account, one row; and its calendars, whose versions are only added."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

THE_ACCOUNT = 1
A_CHANCE = (MinValueValidator(1), MaxValueValidator(99))
A_RATIO = (MinValueValidator(1), MaxValueValidator(200))


class Account(models.Model):
    """What holds for the whole account. Changes go through `account.actions`, which keep their history."""

    name = models.CharField(max_length=100, default="Milepost")
    zone = models.CharField(max_length=64, default="UTC")
    # 0 is Monday, as in `date.weekday()`.
    week_start = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    fiscal_month = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(12)])
    # Percent of the target above which a goal is exceeded: 100 (past the target itself) to 120.
    exceeded_above = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(100), MaxValueValidator(120)]
    )
    minimum_sample = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(1000)])
    grace_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(24 * 28)])
    # Percent of a milestone's time before which nothing is said of its pace.
    early = models.PositiveSmallIntegerField(default=20, validators=[MaxValueValidator(90)])
    # The least chance, in percent, of reaching a target that is ahead, on pace, behind.
    ahead_chance = models.PositiveSmallIntegerField(default=85, validators=A_CHANCE)
    on_pace_chance = models.PositiveSmallIntegerField(default=50, validators=A_CHANCE)
    behind_chance = models.PositiveSmallIntegerField(default=20, validators=A_CHANCE)
    # Where there is no chance to go by: the least percent of what is expected by now.
    ahead_ratio = models.PositiveSmallIntegerField(default=105, validators=A_RATIO)
    on_pace_ratio = models.PositiveSmallIntegerField(default=95, validators=A_RATIO)
    behind_ratio = models.PositiveSmallIntegerField(default=80, validators=A_RATIO)
    # How many users may have a seat; null is no limit.
    seats = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=THE_ACCOUNT), name="one_account")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Each pace begins below the one that is better than it."""
        for ahead, on_pace, behind in (
            (self.ahead_chance, self.on_pace_chance, self.behind_chance),
            (self.ahead_ratio, self.on_pace_ratio, self.behind_ratio),
        ):
            if not ahead > on_pace > behind:
                raise ValidationError(_("Ahead has to begin above on pace, and on pace above behind."))


class Calendar(models.Model):
    """Whose working hours these are: the account's, or those of one team.

    The team is kept by its number, without a foreign key: teams live above the account. The number of the calendar
    itself is what facts name it by.
    """

    team_number = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Coalesce("team_number", models.Value(0)), name="one_calendar_each")
        ]

    def __str__(self) -> str:
        return "working hours" if self.team_number is None else f"working hours of team {self.team_number}"


class CalendarVersion(models.Model):
    """What holds from a moment on. Of two with the same moment the one added later holds.

    Without a moment it holds from the beginning. Without a document a team works by the account's calendar.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField(null=True, blank=True)
    # As `calendars.calendar_file` writes it: zone, hours of the weekdays, country, own holidays, dates, breaks.
    document = models.JSONField(null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["calendar", "pk"]

    def __str__(self) -> str:
        return f"{self.calendar} from {self.valid_from or 'the beginning'}"
