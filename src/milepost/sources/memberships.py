"""Who of the agents in the facts belongs to which team here, and when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil

from milepost.metrics.stints import FOREVER, Stint, united
from milepost.people.models import Membership
from milepost.sources.models import Identity


def stints() -> tuple[Stint, ...]:
    """The memberships of all agents; the group of a stint is the key of the team. One query."""
    of_person = "person__memberships__"
    rows = Identity.objects.filter(kind=Identity.Kind.AGENT, person__memberships__isnull=False)
    return united(_stints(rows.values_list("number", f"{of_person}team", f"{of_person}since", f"{of_person}until")))


def of_persons(teams: list[int]) -> tuple[Stint, ...]:
    """The memberships in these teams, numbered by person: of people of no help desk too."""
    rows = Membership.objects.filter(team__in=teams)
    return united(_stints(rows.values_list("person", "team", "since", "until")))


def _stints(rows: Iterable[tuple[int, int, datetime, datetime | None]]) -> Iterator[Stint]:
    for number, team, since, until in rows:
        one = Stint(number, team, _second(since), FOREVER if until is None else _second(until))
        if one.since < one.until:
            yield one


def _second(moment: datetime) -> int:
    """The first whole second that is not before it: facts lie on whole seconds."""
    return ceil(moment.timestamp())
