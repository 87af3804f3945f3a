"""What the pages of who is who show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from milepost.base.names import fold
from milepost.formats import dates
from milepost.sources import who_is_who
from milepost.sources.models import Identity, Source
from milepost.sources.who_is_who import Proposal
from milepost.web.avatars import Avatar, of_person
from milepost.web.days import day_of

REVIEW, GROUPS = "review", "groups"


@dataclass(frozen=True)
class Candidate:
    """Somebody who an agent may be."""

    pk: int
    name: str
    email: str
    agents: str


@dataclass(frozen=True)
class Row:
    """An agent or a group, and whom it stands for here."""

    pk: int
    name: str
    email: str
    # The number and name of the person or team; without them it stands for nobody.
    of: int | None
    of_name: str
    avatar: Avatar | None
    # Which other agents the person is.
    others: str
    deactivated: str
    candidates: Sequence[Candidate]
    shared: bool

    @property
    def choice(self) -> str:
        """How a form says that the agent is the only candidate."""
        return f"{self.pk}:{self.candidates[0].pk}"

    @property
    def sharers(self) -> int:
        """How many have the address."""
        return 1 + len(self.candidates)


def found(source: Source, text: str, state: str) -> QuerySet[Identity]:
    """The agents of a source, or its groups, with these letters in one of their names or their address."""
    if state == GROUPS:
        groups = source.identities.filter(kind=Identity.Kind.TEAM).select_related("team", "source")
        named = Q(key__icontains=text) | Q(team__folded__contains=fold(text))
        return (groups.filter(named) if text else groups).order_by("key", "pk")
    agents = who_is_who.to_review() if state == REVIEW else Identity.objects.filter(kind=Identity.Kind.AGENT)
    agents = agents.filter(source=source).select_related("person", "source")
    if text:
        named = Q(name__icontains=text) | Q(key__icontains=text) | Q(person__folded__contains=fold(text))
        agents = agents.filter(named | Q(email__icontains=text))
    return agents.prefetch_related(_agents("person__identities")).order_by("person__order", "key", "pk")


def to_decide() -> QuerySet[Identity]:
    """The agents of all connected sources of whom it is asked who they are."""
    agents = who_is_who.to_review().select_related("person", "source")
    return agents.prefetch_related(_agents("person__identities")).order_by("person__order", "key", "pk")


def rows(identities: Sequence[Identity], zone: ZoneInfo) -> list[Row]:
    """Agents that `found` found, each with whom else they may be."""
    proposals = who_is_who.proposals(identities)
    told = _told([person.pk for proposal in proposals.values() for person in proposal.persons])
    return [_row(one, proposals.get(one.pk), told, zone) for one in identities]


def group_rows(identities: Sequence[Identity]) -> list[Row]:
    """Groups that `found` found."""
    return [
        Row(
            pk=one.pk,
            name=one.key,
            email="",
            of=one.team_id,
            of_name="" if one.team is None else one.team.name,
            avatar=None,
            others="",
            deactivated="",
            candidates=(),
            shared=False,
        )
        for one in identities
    ]


def row(identity: Identity, zone: ZoneInfo) -> Row:
    """One agent or group by itself."""
    if identity.kind == Identity.Kind.TEAM:
        return group_rows([identity])[0]
    return rows([identity], zone)[0]


def _row(one: Identity, proposal: Proposal | None, told: dict[int, str], zone: ZoneInfo) -> Row:
    person = one.person
    others = [] if person is None else [other for other in person.identities.all() if other.pk != one.pk]
    persons = () if proposal is None else proposal.persons
    return Row(
        pk=one.pk,
        name=str(one),
        email=one.email,
        of=one.person_id,
        of_name="" if person is None else person.name,
        avatar=None if person is None else of_person(person.name, person.pk),
        others=_labels(others),
        deactivated=_day(one.deactivated_at, zone),
        candidates=[Candidate(each.pk, each.name, each.email, told.get(each.pk, "")) for each in persons],
        shared=proposal is not None and proposal.shared,
    )


def _told(persons: Sequence[int]) -> dict[int, str]:
    """Which agents these persons are."""
    found: dict[int, list[Identity]] = {}
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT, person__in=persons).select_related("source")
    for one in agents.order_by("source__name", "pk"):
        found.setdefault(one.person_id or 0, []).append(one)
    return {person: _labels(every) for person, every in found.items()}


def _labels(identities: Sequence[Identity]) -> str:
    return ", ".join(who_is_who.title(one) for one in identities)


def _agents(of: str) -> Prefetch[str]:
    """The agents that a person is, in the order of their sources."""
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT).select_related("source")
    return Prefetch(of, agents.order_by("source__name", "pk"))


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else dates.day(day_of(moment, zone))
