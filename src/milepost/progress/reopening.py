"""Opening a final result again, and making final what only a person can: what was reopened, what waits for a source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals.editing import LONG_REASON, NO_REASON, REASON_LENGTH
from milepost.goals.finality import Closing, behind, waits_for
from milepost.goals.holding import bump, hold_to_reopen
from milepost.goals.models import Goal, Milestone, Target
from milepost.history.record import record
from milepost.metrics.question import Measure
from milepost.people.models import User
from milepost.progress import verdicts
from milepost.progress.coverage import watermarks
from milepost.progress.measure import drawing, refresh
from milepost.progress.models import Measurement, Verdict
from milepost.tickets.store import Store

Basis = Verdict.Basis

NOT_FINAL: Final = gettext_noop("This result is not final, so there is nothing to reopen.")
NOT_OPEN: Final = gettext_noop("This result was not reopened, so there is nothing to finalise.")
NOT_WAITING: Final = gettext_noop("This period does not wait for a source. It becomes final by itself.")


def check_reason(reason: str) -> None:
    """Refuse no reason, and one that nobody reads to its end."""
    if not reason.strip():
        raise Refused(NO_REASON)
    if len(reason.strip()) > REASON_LENGTH:
        raise Refused(LONG_REASON, count=len(reason.strip()))


def reopen(target: Target, *, reason: str, store: Store, by: User, now: datetime) -> None:
    """The result is provisional again: target and pipelines may be changed, until somebody finalises it."""
    with transaction.atomic():
        goal = hold_to_reopen(target.contributor.goal, by=by, now=now)
        verdict = _newest(target)
        check_reason(reason)
        if verdict is None or _held(target).reopened_at is not None:
            raise Refused(NOT_FINAL)
        Target.objects.filter(pk=target.pk).update(reopened_at=now)
        Measurement.objects.filter(target=target).update(verdict=None)
        record("reopened", target, by=by, now=now, before=_kept(verdict), reason=reason.strip())
        bump(goal)
        _measure(goal, store=store, now=now)


def finalise(target: Target, *, basis: Basis, reason: str, store: Store, by: User, now: datetime) -> None:
    """Judge what was reopened anew: as of the end of its milestone, or with what changed later."""
    with transaction.atomic():
        goal = hold_to_reopen(target.contributor.goal, by=by, now=now)
        before = _newest(target)
        if len(reason.strip()) > REASON_LENGTH:
            raise Refused(LONG_REASON, count=len(reason.strip()))
        if before is None or _held(target).reopened_at is None:
            raise Refused(NOT_OPEN)
        _measure(goal, store=store, now=now, later=target if basis is Basis.LATER else None)
        Target.objects.filter(pk=target.pk).update(reopened_at=None)
        (case,) = verdicts.cases(Target.objects.filter(pk=target.pk), drawing(), before=before.number)
        verdicts.add([case], the_account(), basis=basis, now=now)
        _record(target, basis, reason, by=by, now=now)
        bump(goal)


def finalise_waiting(milestone: Milestone, *, reason: str, store: Store, by: User, now: datetime) -> int:
    """Judge a milestone without the source that it has waited for long enough; how many targets that made final."""
    with transaction.atomic():
        goal = hold_to_reopen(milestone.goal, by=by, now=now)
        check_reason(reason)
        wait = waits_of(goal, now=now).get(milestone.pk)
        if wait is None or not wait.may_be_finalised:
            raise Refused(NOT_WAITING)
        _measure(goal, store=store, now=now)
        open_ones = verdicts.waiting(Goal.objects.filter(pk=goal.pk), now).filter(milestone=milestone)
        due = list(verdicts.cases(open_ones, drawing()))
        verdicts.add(due, the_account(), basis=Basis.END, now=now)
        for case in due:
            _record(case.target, Basis.END, reason, by=by, now=now)
        bump(goal)
    return len(due)


@dataclass(frozen=True)
class Wait:
    """When a provisional milestone may be final, which sources are behind, and whether patience with them is over."""

    closing: Closing
    behind: tuple[str, ...]
    may_be_finalised: bool


def waits(goals: QuerySet[Goal], *, now: datetime) -> dict[int, Wait]:
    """What the milestones of goals wait for that have ended and are not final, by key; always in as many queries."""
    account = the_account()
    found: dict[int, Wait] = {}
    for case in verdicts.cases(verdicts.waiting(goals, now), drawing()):
        milestone, sources = case.target.milestone, watermarks(case.sources)
        closing = verdicts.closing(Measure.from_json(milestone.goal.measure), milestone.end, account)
        patience_over = bool(waits_for(closing, sources, now=now))
        found[milestone.pk] = Wait(closing, behind(closing, sources), patience_over)
    return found


def waits_of(goal: Goal, *, now: datetime) -> dict[int, Wait]:
    """The same for one goal."""
    return waits(Goal.objects.filter(pk=goal.pk), now=now)


def choices(target: Target, *, store: Store, now: datetime) -> Mapping[Basis, Decimal | None]:
    """What a reopened target would come to by each choice; nothing is saved."""
    found = {}
    goal = target.contributor.goal
    for basis in Basis:
        with transaction.atomic():
            _measure(goal, store=store, now=now, later=target if basis is Basis.LATER else None)
            found[basis] = Measurement.objects.values_list("shown", flat=True).get(target=target)
            transaction.set_rollback(True)
    return found


def _measure(goal: Goal, *, store: Store, now: datetime, later: Target | None = None) -> None:
    keys = () if later is None else (later.pk,)
    refresh(store=store, now=now, goals=Goal.objects.filter(pk=goal.pk), later=keys)


def _held(target: Target) -> Target:
    return Target.objects.select_for_update().get(pk=target.pk)


def _newest(target: Target) -> Verdict | None:
    return Verdict.objects.filter(target=target).order_by("-number").first()


def _record(target: Target, basis: Basis, reason: str, *, by: User, now: datetime) -> None:
    verdict = _newest(target)
    after = None if verdict is None else _kept(verdict) | {"basis": basis.value}
    record("finalised", target, by=by, now=now, after=after, reason=reason.strip())


def _kept(verdict: Verdict) -> dict[str, str | None]:
    return {"status": verdict.status, "shown": None if verdict.shown is None else str(verdict.shown)}
