"""Who is who: a name in a source stands for a person or a team here."""

from collections.abc import Iterable

from milepost.people.models import Person, Team
from milepost.sources.models import Identity, Source

KINDS = frozenset(Identity.Kind.values)


def match(source: Source, names: Iterable[tuple[str, int, str]]) -> None:
    """Give every agent, group and pipeline of a source an identity: agents a new person, groups the team of their name.

    `names` are kind, number and text, as the store has them. What is matched already stays as it is.
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


def _persons(names: list[str]) -> dict[str, Person]:
    made = Person.objects.bulk_create(Person(name=name[:200]) for name in names)
    return dict(zip(names, made, strict=True))


def _teams(names: set[str]) -> dict[str, Team]:
    held = {team.name: team for team in Team.objects.filter(name__in={name[:200] for name in names})}
    missing = sorted({name[:200] for name in names} - held.keys())
    held |= {team.name: team for team in Team.objects.bulk_create(Team(name=name) for name in missing)}
    return {name: held[name[:200]] for name in names}
