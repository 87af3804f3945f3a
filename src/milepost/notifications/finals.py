"""Which verdicts stand, as far as notices need it. There are none yet: nothing is final."""

from typing import Any

from django.db.models import CharField, DateTimeField, DecimalField, IntegerField, QuerySet, Value

# Targets with what queries add to them, which the model does not know.
Targets = QuerySet[Any, Any]


def with_verdict(targets: Targets) -> Targets:
    """Targets with the number of their newest verdict, what the one that stands says, and when it was reopened."""
    judged: Targets = targets.annotate(
        verdict_number=Value(0, IntegerField()),
        verdict_status=Value(None, CharField(null=True)),
        verdict_shown=Value(None, DecimalField(max_digits=16, decimal_places=4, null=True)),
        verdict_progress=Value(None, IntegerField(null=True)),
        verdict_reopened_at=Value(None, DateTimeField(null=True)),
    )
    return judged
