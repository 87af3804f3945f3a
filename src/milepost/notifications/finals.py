"""Which verdicts stand, as far as notices need it. There are none yet: nothing is final."""

from typing import Any

from django.db.models import CharField, DateTimeField, IntegerField, QuerySet, Value

from milepost.goals.models import Target


def with_verdict(targets: QuerySet[Target]) -> QuerySet[Any, Any]:
    """Targets with the number of their newest verdict, the status of the one that stands, and when it was reopened."""
    return targets.annotate(
        verdict_number=Value(0, IntegerField()),
        verdict_status=Value(None, CharField(null=True)),
        verdict_reopened_at=Value(None, DateTimeField(null=True)),
    )
