"""Who is who: a name in a source stands for a person or a team here."""

from collections.abc import Iterable

from django.db.models import F

from milepost.connectors.contract import Agent
from milepost.people.models import Person, Team
from milepost.sources.models import Identity, Source

KINDS = frozenset(Identity.Kind.values)


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


def describe(source: Source, agents: Iterable[Agent]) -> None:
    """Give persons the name and the e-mail that the help desk has for them, where nobody has named them here."""
    told = {agent.key: agent for agent in agents}
    known = source.identities.filter(kind=Identity.Kind.AGENT, key__in=told, person__name=F("key"))
    for identity in known.select_related("person"):
        person, agent = identity.person, told[identity.key]
        if person is not None:
            person.name, person.email = agent.name[:200], person.email or agent.email[:254]
            person.save(update_fields=["name", "email"])


def _persons(names: list[str]) -> dict[str, Person]:
    made = Person.objects.bulk_create(Person(name=name[:200]) for name in names)
    return dict(zip(names, made, strict=True))


def _teams(names: set[str]) -> dict[str, Team]:
    held = {team.name: team for team in Team.objects.filter(name__in={name[:200] for name in names})}
    missing = sorted({name[:200] for name in names} - held.keys())
    held |= {team.name: team for team in Team.objects.bulk_create(Team(name=name) for name in missing)}
    return {name: held[name[:200]] for name in names}
