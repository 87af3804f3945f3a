"""The settings of the account: one row."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

THE_ACCOUNT = 1


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
    minimum_sample = models.PositiveSmallIntegerField(default=5)
    grace_hours = models.PositiveSmallIntegerField(default=24)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=THE_ACCOUNT), name="one_account")]

    def __str__(self) -> str:
        return self.name
