"""Who works at a help desk no more works here no more, and who comes back there comes back here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from milepost.connectors.contract import Agent
from milepost.people import actions as people
from milepost.people.models import Person
from milepost.sources.models import Identity, Source


def follow(source: Source, known: Sequence[Identity], told: Mapping[str, Agent], *, now: datetime) -> None:
    """Mark the agents of a source that left it or came back since it was asked last, and have their persons follow.

    Only what changed at the source changes anything here, so that what somebody decided here stays.
    """
    gone = _gone(known, told)
    for identity in known:
        agent = told.get(identity.key)
        if agent is not None and agent.active:
            _returns(identity, source, now=now)
        elif agent is not None or identity in gone:
            _leaves(identity, source, now=now)


def settle(person: Person, *, now: datetime) -> None:
    """After an agent became this person: who left one help desk, and works in another, works."""
    left = person.identities.filter(deactivated_at=person.deactivated_at, deactivated_at__isnull=False)
    if left.exists() and _works(person):
        people.reactivate(person, by=None, now=now)


def _gone(known: Sequence[Identity], told: Mapping[str, Agent]) -> Collection[Identity]:
    """Agents that were told before and are not any more: deleted, or taken from those who work tickets.

    Where more than half of them are gone at once, it is what we may see that became less.
    """
    working = [one for one in known if one.name and one.deactivated_at is None]
    gone = {one for one in working if one.key not in told}
    return gone if 2 * len(gone) <= len(working) else ()


def _leaves(identity: Identity, source: Source, *, now: datetime) -> None:
    """A person who still works in another help desk stays."""
    if identity.deactivated_at is not None:
        return
    _mark(identity, now)
    person = identity.person
    if person is not None and person.deactivated_at is None and not _works(person):
        people.deactivate(person, by=None, now=now, reason=source.name)


def _returns(identity: Identity, source: Source, *, now: datetime) -> None:
    """A person whom somebody deactivated here stays deactivated."""
    if identity.deactivated_at is None:
        return
    left_at, person = identity.deactivated_at, identity.person
    _mark(identity, None)
    if person is None or person.deactivated_at is None:
        return
    if person.deactivated_at == left_at or person.identities.filter(deactivated_at=person.deactivated_at).exists():
        people.reactivate(person, by=None, now=now, reason=source.name)


def _mark(identity: Identity, moment: datetime | None) -> None:
    identity.deactivated_at = moment
    identity.save(update_fields=["deactivated_at"])


def _works(person: Person) -> bool:
    """Whether a help desk that is read tells of this person as somebody who works there."""
    told = person.identities.filter(deactivated_at__isnull=True, source__disconnected_at__isnull=True)
    return told.exclude(name="").exists()
