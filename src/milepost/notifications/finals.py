"""Which verdicts stand, as far as notices need it."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from milepost.progress.models import Verdict

# Targets with what queries add to them, which the model does not know.
Targets = QuerySet[Any, Any]


def with_verdict(targets: Targets) -> Targets:
    """Targets with the number of their newest verdict, what the one that stands says, and when it was reopened."""
    newest = Verdict.objects.filter(target=OuterRef("pk")).order_by("-number").values("number")[:1]
    judged: Targets = targets.annotate(
        verdict_number=Coalesce(Subquery(newest), 0),
        verdict_status=F("measurement__verdict__status"),
        verdict_shown=F("measurement__verdict__shown"),
        verdict_progress=F("measurement__verdict__progress"),
        verdict_reopened_at=F("reopened_at"),
    )
    return judged
