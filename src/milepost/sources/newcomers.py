"""The people that help desks brought: the team each seems to belong to, and what somebody decides of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor
from milepost.people import actions as people
from milepost.people import memberships
from milepost.people.models import Person, Team
from milepost.sources import who_is_who
from milepost.sources.models import Identity, Source
from milepost.sources.sync import store
from milepost.tickets.store import groups_of

LEFT_OUT: Final = gettext_noop("Left out when people were set up")
TAKEN_IN: Final = gettext_noop("Taken in when people were set up")
NO_TEAM: Final = gettext_noop("Choose the team that %(person)s leads.")


@dataclass(frozen=True)
class Choice:
    """What somebody decided of a person: whether they have numbers of their own, and which team they join."""

    person: Person
    included: bool
    team: Team | None = None
    leads: bool = False


def agents() -> QuerySet[Identity]:
    """The agents of the connected sources. Those of the demo desk come and go with it, and are left as they are."""
    connected = Identity.objects.filter(kind=Identity.Kind.AGENT, source__disconnected_at=None)
    return connected.exclude(source__make=Source.Make.DEMO)


def found(*, now: datetime) -> QuerySet[Person]:
    """Everybody who is an agent of a connected source, with these agents and with the teams they are in now."""
    theirs = agents().select_related("source").order_by("source__name", "pk")
    running = memberships.running(now=now).select_related("team").order_by("team__order", "pk")
    return Person.objects.filter(Exists(agents().filter(person=OuterRef("pk")))).prefetch_related(
        Prefetch("identities", theirs, to_attr="agents"), Prefetch("memberships", running, to_attr="running")
    )


def suggested(identities: Collection[Identity]) -> Mapping[int, Team]:
    """The team that each person seems to belong to, by the number of the person, as far as it can be told.

    It is a group that the help desk says they are in, of several the one on whose tickets they worked most. Where it
    tells of none, it is the group on whose tickets they worked most.
    """
    worked = groups_of(store(), [one.number for one in identities])
    groups = _Groups(identities, worked)
    teams: dict[int, Team] = {}
    for one in identities:
        team = groups.team_of(one, worked.get(one.number, ()))
        if team is not None and one.person_id is not None:
            teams.setdefault(one.person_id, team)
    return teams


def check(choices: Iterable[Choice]) -> Mapping[int, Refused]:
    """What is wrong with a choice, by the number of the person."""
    wrong = (one for one in choices if one.included and one.leads and one.team is None)
    return {one.person.pk: Refused(NO_TEAM, person=one.person.name) for one in wrong}


@transaction.atomic
def take(choices: Sequence[Choice], *, since: datetime, by: Actor | None, now: datetime) -> set[int]:
    """Do what was decided of each, all of it or nothing; who joins a team is in it `since`. Tells which teams changed.

    Whoever is left out is deactivated: no goal can be theirs, and their tickets stay in every number of a group, of
    a pipeline and of all. Agents nobody needs to be asked about are reviewed with it. Done twice, it is done once.
    """
    for refused in check(choices).values():
        raise refused
    held = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=[one.person.pk for one in choices])}
    touched = {team for one in choices if one.person.pk in held for team in _take(one, since=since, by=by, now=now)}
    asked = who_is_who.to_review().values("pk")
    who_is_who.review(agents().filter(person__in=held).exclude(pk__in=asked), now=now)
    return touched


def _take(choice: Choice, *, since: datetime, by: Actor | None, now: datetime) -> Iterator[int]:
    if not choice.included:
        people.deactivate(choice.person, by=by, now=now, reason=LEFT_OUT)
        return
    people.reactivate(choice.person, by=by, now=now, reason=TAKEN_IN)
    if choice.team is None:
        return
    if not memberships.running(now=now).filter(person=choice.person, team=choice.team).exists():
        begin = people.lead if choice.leads else people.join
        begin(choice.person, choice.team, since=since, by=by, now=now)
        yield choice.team.pk


class _Groups:
    """Which team each group of some sources is here, by its number and by what the source calls it."""

    def __init__(self, identities: Collection[Identity], worked: Mapping[int, Collection[int]]) -> None:
        told = {name for one in identities for name in one.groups}
        numbers = {number for every in worked.values() for number in every}
        rows = Identity.objects.filter(Q(key__in=told) | Q(number__in=numbers), kind=Identity.Kind.TEAM)
        self._by_number: dict[int, Team] = {}
        self._by_key: dict[tuple[int, str], tuple[int, Team]] = {}
        for one in rows.filter(team__isnull=False).select_related("team"):
            if one.team is not None:
                self._by_number[one.number] = one.team
                self._by_key[one.source_id, one.key] = one.number, one.team
        self._by_name = {team.name: team for team in Team.objects.filter(name__in=told)}

    def team_of(self, agent: Identity, worked: Sequence[int]) -> Team | None:
        """The team of an agent who worked in these groups, most in the first."""
        told = [self._by_key[agent.source_id, name] for name in agent.groups if (agent.source_id, name) in self._by_key]
        if told:
            ranked = {number: rank for rank, number in enumerate(worked)}
            return min(told, key=lambda one: ranked.get(one[0], len(ranked)))[1]
        named = [self._by_name[name] for name in agent.groups if name in self._by_name]
        return next(iter(named), None) or next((self._by_number[one] for one in worked if one in self._by_number), None)
