"""The list of jobs: keeping it in step with what there is to do, asking for a job, trying one again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.worker.backoff import LONGEST
from milepost.worker.kinds import Kinds
from milepost.worker.models import Job


def keep(wanted: Mapping[str, str], kinds: Kinds, *, now: datetime) -> None:
    """Have a job for each of these names, of the kind beside it; new ones are due at once. Others of rhythm go.

    A job due further ahead than its rhythm and the longest wait allow was planned before the clock was set back.
    """
    held = dict(Job.objects.values_list("name", "due_at"))
    fresh = [Job(name=name, kind=kind, due_at=now) for name, kind in wanted.items() if name not in held]
    if fresh:
        Job.objects.bulk_create(fresh, ignore_conflicts=True)
    if held.keys() - wanted.keys():
        recurring = [key for key, kind in kinds.items() if kind.every is not None]
        idle = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        Job.objects.filter(idle, kind__in=recurring).exclude(name__in=wanted).delete()
    too_far = [
        name
        for name, kind in wanted.items()
        if (due := held.get(name)) is not None and due > now + _longest(kinds[kind].every)
    ]
    if too_far:
        Job.objects.filter(name__in=too_far).update(due_at=now)


def ask(name: str, kind: str, *, now: datetime) -> None:
    """Have this job done now, once more if it is being done at this moment. Asked twice before it begins is once.

    Within a transaction the wish stands or falls with it.
    """
    Job.objects.bulk_create([Job(name=name, kind=kind, due_at=now)], ignore_conflicts=True)
    later = Q(due_at__isnull=True) | Q(due_at__gt=now) | Q(lease_until__gt=now)
    Job.objects.filter(later, name=name).update(due_at=now)


def hasten(name: str, *, now: datetime, pause: timedelta) -> None:
    """Have this job done soon, though not before a pause since it last began; once more if it is being done now.

    One that failed keeps its wait, and one that waits for a person waits on: whoever asks may be anybody.
    """
    begun = Job.objects.filter(name=name).values_list("begun_at", flat=True).first()
    at = now if begun is None else max(now, begun + pause)
    is_later = Q(due_at__gt=at)
    is_being_done = Q(lease_until__gt=now, due_at__lte=F("begun_at"))
    Job.objects.filter(is_later | is_being_done, name=name, attempts=0).update(due_at=at)


@transaction.atomic
def retry(name: str, *, now: datetime) -> Job:
    """Try a job again now, as if it had never failed. What it said of its failure stays until it is done."""
    for job in Job.objects.filter(name=name):
        Job.objects.filter(pk=job.pk).update(attempts=0, needs_person_since=None, due_at=now)
        job.refresh_from_db()
        return job
    raise NotFound(gettext_noop("There is no job “%(name)s”. The command “milepost jobs” lists them."), name=name)


def _longest(every: timedelta | None) -> timedelta:
    return max(every or LONGEST, LONGEST)
