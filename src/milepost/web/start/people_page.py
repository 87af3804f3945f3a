"""What the page of the people that help desks brought shows, and what was chosen on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict

from milepost.base.errors import Refused
from milepost.people import memberships
from milepost.people.models import Membership, Person, Team
from milepost.people.roles import Role
from milepost.sources import newcomers, who_is_who
from milepost.sources.newcomers import Choice
from milepost.web.avatars import Avatar, of_person
from milepost.web.errors import sentence

# Teams to choose from; further ones are on the page of the person.
MOST_TEAMS: Final = 200
# Of the teams without a lead, and of the members of one.
MOST_LEADLESS: Final = 20
MOST_MEMBERS: Final = 200


@dataclass(frozen=True)
class Row:
    """Somebody who was found, and what is chosen of them: by the reader, else what is so or seems to be."""

    pk: int
    name: str
    email: str
    avatar: Avatar
    agents: str
    # Whether a help desk that is read tells of nobody who works there.
    has_left: bool
    running: Sequence[Membership]
    included: bool
    team: int
    is_suggested: bool
    leads: bool
    mistake: str

    @property
    def anchor(self) -> str:
        """By what a field says which mistake is its own."""
        return f"wrong-{self.pk}"


@dataclass(frozen=True)
class Leadless:
    """A team without a lead, and its members."""

    team: Team
    members: Sequence[Membership] = field(default_factory=tuple)


def rows(persons: Sequence[Any], chosen: Mapping[int, Choice], mistakes: Mapping[int, Refused]) -> list[Row]:
    """Persons that `newcomers.found` found, with what was chosen and what is wrong with it."""
    agents = [one for person in persons if not person.running for one in person.agents]
    suggested = newcomers.suggested(agents)
    return [_row(one, suggested.get(one.pk), chosen.get(one.pk), mistakes.get(one.pk)) for one in persons]


def teams(shown: Collection[Row]) -> list[Team]:
    """The teams to choose from, with all that are suggested."""
    first = list(Team.objects.all()[:MOST_TEAMS])
    lacking = {one.team for one in shown} - {0} - {team.pk for team in first}
    return [*first, *Team.objects.filter(pk__in=lacking)]


def choices(sent: QueryDict, *, now: datetime) -> dict[int, Choice]:
    """What a form says of each person that it shows; who is no agent any more is left alone."""
    numbers = {int(one) for one in sent.getlist("person") if _is_number(one)}
    persons = {one.pk: one for one in newcomers.found(now=now).filter(pk__in=numbers)}
    wished = {pk: sent.get(f"team-{pk}", "") for pk in persons}
    known = Team.objects.in_bulk([int(one) for one in wished.values() if _is_number(one)])
    return {
        pk: Choice(
            person,
            included=f"in-{pk}" in sent,
            team=known.get(int(wished[pk])) if _is_number(wished[pk]) else None,
            leads=sent.get(f"role-{pk}") == Role.LEAD.value,
        )
        for pk, person in persons.items()
    }


def leadless(*, now: datetime) -> tuple[list[Leadless], int]:
    """The first teams without a lead, and how many more there are."""
    found = memberships.teams_without_lead(now=now)
    shown = [Leadless(one, one.running[:MOST_MEMBERS]) for one in found[:MOST_LEADLESS]]  # type: ignore[attr-defined] # prefetched
    return shown, max(found.count() - len(shown), 0)


def _row(person: Any, suggested: Team | None, chosen: Choice | None, refused: Refused | None) -> Row:
    team = suggested if chosen is None else chosen.team
    return Row(
        pk=person.pk,
        name=person.name,
        email=person.email or next((one.email for one in person.agents if one.email), ""),
        avatar=of_person(person.name, person.pk),
        agents=", ".join(who_is_who.title(one) for one in person.agents),
        has_left=all(one.deactivated_at is not None for one in person.agents),
        running=person.running,
        included=_is_active(person) if chosen is None else chosen.included,
        team=0 if team is None else team.pk,
        is_suggested=team is not None and team == suggested,
        leads=chosen is not None and chosen.leads,
        mistake="" if refused is None else sentence(refused),
    )


def _is_active(person: Person) -> bool:
    return person.deactivated_at is None


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < len(str(2**63))
