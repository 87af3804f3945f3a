"""Who is who: a name in a source stands for a person or a team here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from milepost.connectors.contract import Agent
from milepost.people.models import Person, Team
from milepost.sources import leaving
from milepost.sources.models import Identity, Source

KINDS = frozenset(Identity.Kind.values)
CHUNK: Final = 500
# Of one agent not more groups are kept.
MOST_GROUPS: Final = 100


def match(source: Source, names: Iterable[tuple[str, int, str]]) -> bool:
    """Give every agent, group and pipeline of a source an identity: agents a new person, groups the team of their name.

    `names` are kind, number and text, as the store has them. What is matched already stays as it is. Tells whether
    anything was new.
    """
    known = set(source.identities.values_list("kind", "number"))
    fresh = [(kind, number, text) for kind, number, text in names if kind in KINDS and (kind, number) not in known]
    persons = _persons([text for kind, _, text in fresh if kind == Identity.Kind.AGENT])
    teams = _teams({text for kind, _, text in fresh if kind == Identity.Kind.TEAM})
    Identity.objects.bulk_create(
        Identity(
            source=source,
            kind=kind,
            key=text,
            number=number,
            person=persons[text] if kind == Identity.Kind.AGENT else None,
            team=teams[text] if kind == Identity.Kind.TEAM else None,
        )
        for kind, number, text in fresh
    )
    return bool(fresh)


@transaction.atomic
def describe(source: Source, agents: Iterable[Agent], *, now: datetime) -> None:
    """Keep what the help desk tells of its agents: names, addresses, groups, and who works there no more.

    Persons get the name and the address where nobody has named them here. A help desk that tells of nobody tells
    nothing.
    """
    told = {agent.key: agent for agent in agents}
    if not told:
        return
    known = list(source.identities.filter(kind=Identity.Kind.AGENT).select_related("person"))
    for identity in known:
        if identity.key in told:
            _name(identity, told[identity.key])
    Identity.objects.bulk_update(known, ["name", "email", "groups"], batch_size=CHUNK)
    leaving.follow(source, known, told, now=now)


def _name(identity: Identity, agent: Agent) -> None:
    identity.name, identity.email = (agent.name or agent.key)[:200], agent.email.lower()[:254]
    identity.groups = [name[:1000] for name in agent.teams[:MOST_GROUPS]]
    person = identity.person
    if person is not None and person.name == identity.key:
        person.name, person.email = identity.name, person.email or identity.email
        person.save(update_fields=["name", "email", "folded", "order"])


def _persons(names: list[str]) -> dict[str, Person]:
    made = Person.objects.bulk_create(Person(name=name[:200]) for name in names)
    return dict(zip(names, made, strict=True))


def _teams(names: set[str]) -> dict[str, Team]:
    held = {team.name: team for team in Team.objects.filter(name__in={name[:200] for name in names})}
    missing = sorted({name[:200] for name in names} - held.keys())
    held |= {team.name: team for team in Team.objects.bulk_create(Team(name=name) for name in missing)}
    return {name: held[name[:200]] for name in names}
