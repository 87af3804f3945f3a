"""Everything that writes goals and targets. Each act is one transaction, and leaves its history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from milepost.account import working_hours
from milepost.base.errors import NotAllowed, Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import Duration, Period, tile
from milepost.goals import editing, notices, targets, team_ways
from milepost.goals.editing import Edit
from milepost.goals.models import Contributor, Goal, Milestone, Target, TargetVersion
from milepost.goals.notices import USUAL, Choices
from milepost.goals.visibility import led_by, reach
from milepost.history.record import record
from milepost.metrics.compiler import NO_CALENDAR
from milepost.metrics.metric import Hours
from milepost.metrics.question import Measure
from milepost.people.models import Person, Team, User
from milepost.people.roles import Capability, Scope

NAME_LENGTH = 80
NOTE_LENGTH = 280

NO_NAME = gettext_noop("Give the goal a name.")
LONG_NAME = gettext_noop("Use 80 characters or fewer (now %(count)s).")
NAME_TAKEN = gettext_noop("There is already a goal called “%(name)s”. Use another name or open that one.")
NO_CONTRIBUTORS = gettext_noop("Add at least one person or team.")
DEACTIVATED = gettext_noop("%(name)s is deactivated and cannot be added.")
LONG_NOTE = gettext_noop("Use 280 characters or fewer (now %(count)s).")
NOT_YOURS = gettext_noop("You can set goals for yourself. Ask your manager to set them for others.")
NOT_TEAMS = gettext_noop("You can set goals for the teams you lead and their people.")
NO_GOALS = gettext_noop("You can see goals but not create them.")
NOT_TO_CHANGE = gettext_noop("You can see this but not change it.")


@dataclass(frozen=True)
class NewGoal:
    """What a goal is made from. `value` is the target of every cell that `values` does not name.

    Keys of `values` are the contributor and the ordinal of the milestone, from 0.
    """

    name: str
    measure: Measure
    duration: Duration
    first_day: date
    after_day: date
    zone: ZoneInfo
    form_key: UUID
    persons: Sequence[Person] = ()
    teams: Sequence[Team] = ()
    value: Decimal | None = None
    values: Mapping[tuple[Person | Team, int], Decimal | None] = field(default_factory=dict)
    pipelines: Sequence[str] = ()
    # Pipelines of contributors for whom they differ.
    pipelines_of: Mapping[Person | Team, Sequence[str]] = field(default_factory=dict)
    template: str = ""
    forecast: bool = True
    notices: Choices = field(default_factory=lambda: USUAL)
    note: str = ""
    # None: as is usual for its teams.
    team_by: Goal.TeamBy | None = None

    @property
    def contributors(self) -> list[Person | Team]:
        """Teams, then persons."""
        return [*self.teams, *self.persons]


def problems(new: NewGoal, *, by: User, now: datetime) -> dict[str, Refused]:
    """What is wrong with a new goal, by the field to mend; empty when it can be created."""
    checks: dict[str, Callable[[], None]] = {
        "name": lambda: check_name(new.name, form_key=new.form_key),
        "measure": lambda: _check_hours(new),
        "contributors": lambda: check_contributors(new.contributors, by=by, now=now),
        "days": lambda: _check_days(new),
        "value": lambda: _check_values(new),
        "note": lambda: check_note(new.note),
    }
    found = {}
    for name, check in checks.items():
        try:
            check()
        except Refused as refused:
            found[name] = refused
    return found


def create(new: NewGoal, *, by: User, now: datetime) -> Goal:
    """Make a goal with its milestones and a target in every cell; the one there is when the form was sent before."""
    for sent in Goal.objects.filter(form_key=new.form_key, created_by=by):
        return sent
    for problem in problems(new, by=by, now=now).values():
        raise problem
    try:
        with transaction.atomic():
            return _create(new, by=by, now=now)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        for sent in Goal.objects.filter(form_key=new.form_key, created_by=by):
            return sent
        raise


def _create(new: NewGoal, *, by: User, now: datetime) -> Goal:
    goal = Goal.objects.create(
        name=new.name.strip(),
        template=new.template,
        measure=new.measure.to_json(),
        duration=new.duration.value,
        first_day=new.first_day,
        after_day=new.after_day,
        zone=new.zone.key,
        team_by=new.team_by or team_ways.usual(new.teams),
        forecast=new.forecast,
        notices=notices.to_json(new.notices),
        note=new.note.strip(),
        created_at=now,
        created_by=by,
        form_key=new.form_key,
    )
    periods = tile(new.duration, new.first_day, new.after_day, zone=new.zone)
    milestones = Milestone.objects.bulk_create(_milestone(goal, number, span) for number, span in enumerate(periods))
    contributors = Contributor.objects.bulk_create(
        Contributor(
            goal=goal,
            person=one if isinstance(one, Person) else None,
            team=one if isinstance(one, Team) else None,
        )
        for one in new.contributors
    )
    cells = Target.objects.bulk_create(
        Target(
            contributor=contributor,
            milestone=milestone,
            value=new.values.get((one, milestone.ordinal), new.value),
            pipelines=list(new.pipelines_of.get(one, new.pipelines)),
        )
        for one, contributor in zip(new.contributors, contributors, strict=True)
        for milestone in milestones
    )
    TargetVersion.objects.bulk_create(
        TargetVersion(target=cell, value=cell.value, set_at=now, set_by=by) for cell in cells if cell.value is not None
    )
    record("created", goal, by=by, now=now, after={"measure": goal.measure, "targets": len(cells)})
    return goal


def set_target(target: Target, value: Decimal | None, *, reason: str, by: User, now: datetime) -> None:
    """Give a target a new value. Once its milestone has started a reason is needed; after its end it is locked."""
    editing.save(target.contributor, Edit({target.pk: value}, reason=reason), by=by, now=now)


def archive(goal: Goal, *, by: User, now: datetime) -> None:
    """Take a goal out of the lists; nothing of it is lost. Twice is once."""
    with transaction.atomic():
        held = _deletable(goal, by, now)
        if held.archived_at is None:
            held.archived_at = now
            held.save(update_fields=["archived_at"])
            record("archived", held, by=by, now=now)


def restore(goal: Goal, *, by: User, now: datetime) -> None:
    """Put an archived goal back into the lists, unless another goal has taken its name."""
    with transaction.atomic():
        held = _deletable(goal, by, now)
        if held.archived_at is None:
            return
        if Goal.objects.filter(name__iexact=held.name, archived_at__isnull=True).exists():
            raise Refused(NAME_TAKEN, name=held.name)
        held.archived_at = None
        held.save(update_fields=["archived_at"])
        record("restored", held, by=by, now=now)


def remove(contributors: Iterable[int], *, by: User, now: datetime) -> list[Contributor]:
    """Take contributors, by key, out of their goals: their rows are in no list any more, history stays.

    Those that were removed before are left out of what is given back.
    """
    with transaction.atomic():
        removed = [one for one in _contributors(contributors, by, now) if one.removed_at is None]
        _mark(removed, now, verb="removed", by=by, now=now)
    return removed


def bring_back(contributors: Iterable[int], *, by: User, now: datetime) -> list[Contributor]:
    """Undo a removal: the rows are there again as they were."""
    with transaction.atomic():
        back = [one for one in _contributors(contributors, by, now) if one.removed_at is not None]
        _mark(back, None, verb="brought back", by=by, now=now)
    return back


def note_export(query: str, *, targets: int | None, by: User, now: datetime) -> None:
    """Remember who took which results out of the house; without a number, all that the query asks for."""
    record("exported", by, by=by, now=now, after={"query": query, "targets": targets})


def _contributors(keys: Iterable[int], by: User, now: datetime) -> list[Contributor]:
    """The contributors, all of whose goals the user may change; else none is touched."""
    held = Contributor.objects.select_for_update(of=("self",)).filter(pk__in=list(keys))
    found = list(held.select_related("goal", "person", "team").order_by("pk"))
    goals = {one.goal_id for one in found}
    if Goal.objects.deletable_by(by, now=now).filter(pk__in=goals).count() != len(goals):
        raise NotAllowed(NOT_TO_CHANGE)
    return found


def _mark(contributors: Sequence[Contributor], moment: datetime | None, *, verb: str, by: User, now: datetime) -> None:
    for one in contributors:
        one.removed_at = moment
        one.save(update_fields=["removed_at"])
        record(verb, one, by=by, now=now, after={"goal": one.goal_id})
    goals = Goal.objects.filter(pk__in={one.goal_id for one in contributors})
    goals.update(revision=F("revision") + 1)


def _deletable(goal: Goal, by: User, now: datetime) -> Goal:
    """The goal, held until the end of the transaction."""
    held = Goal.objects.select_for_update().get(pk=goal.pk)
    if not Goal.objects.deletable_by(by, now=now).filter(pk=goal.pk).exists():
        raise NotAllowed(NOT_TO_CHANGE)
    return held


def _milestone(goal: Goal, ordinal: int, span: Period) -> Milestone:
    return Milestone(
        goal=goal,
        ordinal=ordinal,
        first_day=span.first_day,
        after_day=span.after_day,
        start=span.start,
        end=span.end,
    )


def check_name(name: str, *, form_key: UUID) -> None:
    """Refuse a name that no goal can have, and one that another goal has than that of this key."""
    name = name.strip()
    if not name:
        raise Refused(NO_NAME)
    if len(name) > NAME_LENGTH:
        raise Refused(LONG_NAME, count=len(name))
    others = Goal.objects.exclude(form_key=form_key)
    if others.filter(name__iexact=name, archived_at__isnull=True).exists():
        raise Refused(NAME_TAKEN, name=name)


def check_note(note: str) -> None:
    """Refuse a note that is too long to be read."""
    if len(note.strip()) > NOTE_LENGTH:
        raise Refused(LONG_NOTE, count=len(note.strip()))


def check_contributors(contributors: Sequence[Person | Team], *, by: User, now: datetime) -> None:
    """Refuse nobody, who was deactivated, and for whom the user may set no goals."""
    if not contributors:
        raise Refused(NO_CONTRIBUTORS)
    for one in contributors:
        if isinstance(one, Person) and one.deactivated_at is not None:
            raise Refused(DEACTIVATED, name=one.name)
    _check_reach(contributors, by, now)


def _check_hours(new: NewGoal) -> None:
    if new.measure.hours is Hours.BUSINESS and not working_hours.are_set():
        raise Refused(NO_CALENDAR)


def _check_reach(contributors: Sequence[Person | Team], by: User, now: datetime) -> None:
    """A manager sets goals for all, a lead for the teams they lead, everybody else for themselves."""
    match reach(by, Capability.CREATE_GOALS):
        case Scope.ALL:
            return
        case Scope.MY_TEAMS:
            if _beyond_teams(contributors, by, now):
                raise Refused(NOT_TEAMS)
        case Scope.OWN:
            if any(isinstance(one, Team) or one.pk != by.person_id for one in contributors):
                raise Refused(NOT_YOURS)
        case Scope.NONE:
            raise Refused(NO_GOALS)


def _beyond_teams(contributors: Sequence[Person | Team], by: User, now: datetime) -> bool:
    teams, persons = led_by(by, now=now)
    return any(one.pk not in (teams if isinstance(one, Team) else persons) for one in contributors)


def _check_days(new: NewGoal) -> None:
    tile(new.duration, new.first_day, new.after_day, zone=new.zone)


def _check_values(new: NewGoal) -> None:
    for value in {new.value, *new.values.values()}:
        targets.check(value, new.measure)
