"""What happens to targets when a person is deactivated or comes back. Asked before it is done."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from milepost.goals.models import Target
from milepost.goals.stopped import due, stopped
from milepost.people.models import Person


@dataclass(frozen=True)
class Touched:
    """How many targets of a person are in milestones that run, that are to come, and that ended since a moment."""

    running: int
    coming: int
    ended: int


def stopped_by_leaving(person: Person, *, since: datetime, now: datetime) -> Touched:
    """The targets that are measured no further when the person is deactivated from `since` on."""
    moves = _of(person).exclude(stopped()).filter(milestone__end__gt=since)
    final = due(F("milestone__end"), F("milestone__goal__measure__days"))
    return _touched(moves.alias(due=final).filter(due__gt=now), now)


def resumed_by_return(person: Person, *, since: datetime, now: datetime) -> Touched:
    """The targets that are measured again when it is entered now that they are back; `ended` are those that are not."""
    gone = _of(person).filter(stopped())
    back = gone.filter(milestone__end__gt=max(since, now))
    touched = _touched(back, now)
    return Touched(touched.running, touched.coming, ended=gone.exclude(pk__in=back.values("pk")).count())


def _of(person: Person) -> QuerySet[Target]:
    return Target.objects.filter(
        contributor__person=person, contributor__removed_at__isnull=True, contributor__goal__archived_at__isnull=True
    )


def _touched(targets: QuerySet[Target], now: datetime) -> Touched:
    running = targets.filter(milestone__start__lte=now, milestone__end__gt=now).count()
    coming = targets.filter(milestone__start__gt=now).count()
    return Touched(running, coming, targets.filter(milestone__end__lte=now).count())
