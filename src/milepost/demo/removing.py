"""Taking the demo desk out again: all that came with it or rests on it, and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from milepost.account import actions as account
from milepost.account.models import Calendar, CalendarVersion
from milepost.account.queries import the_account
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.demo import loading
from milepost.goals.models import Contributor, Goal, Target
from milepost.history.record import record
from milepost.notifications import hooks
from milepost.notifications.models import Hook
from milepost.people.models import Person, Team, User
from milepost.progress.models import Measurement, Verdict
from milepost.sources.models import Demo, Identity, Source

NOT_THERE: Final = gettext_noop("There are no demo data here.")


@dataclass(frozen=True)
class Brought:
    """What is the demo’s own: people, teams and goals by their keys."""

    persons: Collection[int]
    teams: Collection[int]
    goals: Collection[int]


def check_there() -> None:
    """Refuse where there is nothing to remove."""
    if not Demo.objects.exists():
        raise NotFound(NOT_THERE)


def remove(*, by: User, now: datetime) -> None:
    """Take out the demo desk, or the wish for it; all in one step. Whoever does it stays and stays signed in.

    Goals that somebody set over its people and teams go with them, and what was told of them. A person who was here
    before and was made one with an agent of the demo stays.
    """
    with transaction.atomic():
        demo = Demo.objects.select_for_update().first()
        if demo is None:
            raise NotFound(NOT_THERE)
        if demo.loaded_at is None:
            demo.delete()
            return
        own = _own(demo)
        _switch_off_hooks(own, by=by, now=now)
        _remove_goals(own)
        _remove_people(own)
        _put_back(demo, by=by, now=now)
        User.objects.filter(pk__in=demo.brought["users"]).exclude(pk=by.pk).delete()
        sources = Source.objects.filter(make=Source.Make.DEMO)
        slugs = set(sources.values_list("slug", flat=True))
        sources.delete()
        record("removed", demo, by=by, now=now)
        demo.delete()
        # The last thing, so that facts stay where anything before it fails; without facts it can be done once more.
        loading.forget(slugs)


def _own(demo: Demo) -> Brought:
    """What came with it, and whom agents of it became who were separated later."""
    agents = Identity.objects.filter(source__make=Source.Make.DEMO, united_at__isnull=True, person__isnull=False)
    return Brought(
        persons={*demo.brought["persons"], *agents.values_list("person", flat=True)},
        teams=set(demo.brought["teams"]),
        goals=set(demo.brought["goals"]),
    )


def _switch_off_hooks(own: Brought, *, by: User, now: datetime) -> None:
    """One that posts for teams of the demo alone would post for all teams when they are gone."""
    others = Team.objects.exclude(pk__in=own.teams)
    alone = Hook.objects.filter(switched_off_at__isnull=True, teams__in=own.teams).exclude(teams__in=others)
    for hook in alone.distinct():
        hooks.switch_off(hook, by=by, now=now)


def _remove_goals(own: Brought) -> None:
    """Its goals, and its people and teams in those of others; a goal that nobody is left in goes too."""
    contributors = Contributor.objects.filter(Q(goal__in=own.goals) | Q(person__in=own.persons) | Q(team__in=own.teams))
    there = set(contributors.values_list("pk", flat=True))
    goals = set(contributors.values_list("goal", flat=True))
    # Held, so that nobody measures them meanwhile.
    targets = list(Target.objects.select_for_update().filter(contributor__in=there).values_list("pk", flat=True))
    Measurement.objects.filter(target__in=targets).delete()
    Verdict.objects.filter(target__in=targets).delete()
    Contributor.objects.filter(pk__in=there).delete()
    left = Goal.objects.annotate(contributing=Count("contributors")).filter(contributing=0)
    left.filter(pk__in=goals | set(own.goals)).delete()


def _remove_people(own: Brought) -> None:
    """Its people and teams, with their absences, memberships and working hours."""
    calendars = Calendar.objects.filter(team_number__in=own.teams)
    CalendarVersion.objects.filter(calendar__in=calendars).delete()
    calendars.delete()
    Team.objects.filter(pk__in=own.teams).delete()
    Person.objects.filter(pk__in=own.persons).delete()


def _put_back(demo: Demo, *, by: User, now: datetime) -> None:
    """The settings that it changed, where nobody has changed them since."""
    now_set = the_account()
    changed = {
        name: value
        for name, value in demo.before.items()
        if name in loading.CHANGES and getattr(now_set, name) == loading.CHANGES[name] != value
    }
    if changed:
        account.change(by=by, now=now, **changed)
