"""Who is who across help desks: agents with one e-mail address are proposed as one person, and somebody decides.

What moves is whom a name stands for. Facts stay as they are, so that all of it can be undone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor, record
from milepost.people import actions as people
from milepost.people.models import Person, Team
from milepost.sources import leaving
from milepost.sources.models import Identity

NOT_SEVERAL: Final = gettext_noop("%(person)s is no other agent. There is nothing to separate.")
# What stands before the @ of an address that several people read.
# fmt: off
ROLES: Final = frozenset({
    "admin", "billing", "biuro", "contact", "desk", "hello", "help", "helpdesk", "hr", "info", "it", "kontakt",
    "mail", "noreply", "no-reply", "office", "pomoc", "post", "reklamacje", "sales", "serwis", "service",
    "servicedesk", "shop", "sklep", "support", "team", "tech", "technical", "zespol", "zgloszenia",
})
# fmt: on


@dataclass(frozen=True)
class Proposal:
    """Whom an agent may be, by the address; `shared` says that it may be one that several people read."""

    persons: Sequence[Person]
    shared: bool

    @property
    def is_plain(self) -> bool:
        """Whether there is one, with an address of their own."""
        return len(self.persons) == 1 and not self.shared


def to_review() -> QuerySet[Identity]:
    """Agents of connected sources that nobody has looked at, with the address of somebody who was here before."""
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT, reviewed_at__isnull=True, source__disconnected_at=None)
    others = Person.objects.exclude(pk=OuterRef("person")).filter(_before(OuterRef("person")))
    theirs = others.filter(email=OuterRef("email"))
    of_their_agents = Identity.objects.filter(
        kind=Identity.Kind.AGENT, email=OuterRef("email"), person__lt=OuterRef("person")
    )
    return agents.exclude(email="").filter(Exists(theirs) | Exists(of_their_agents))


def proposals(identities: Collection[Identity]) -> Mapping[int, Proposal]:
    """Whom each of these agents may be, by the number of the identity; without those of an address of their own."""
    asked = [one for one in identities if one.email and one.reviewed_at is None and one.person_id is not None]
    emails = {one.email for one in asked}
    by_email, shared = _by_email(emails), _shared(emails)
    found = {one.pk: _earlier(by_email[one.email], one.person_id or 0) for one in asked}
    return {one.pk: Proposal(found[one.pk], one.email in shared) for one in asked if found[one.pk]}


@transaction.atomic
def unite(identity: Identity, person: Person, *, by: Actor | None, now: datetime) -> Person | None:
    """Let an agent be this person, whose numbers pool all that they did. Who they were before that is given back.

    Whom nothing else is known of than this agent is removed; whoever has memberships, targets or a sign-in stays.
    """
    held = _held(identity)
    earlier = held.person
    if earlier == person:
        _review(held, now)
        return None
    held.person, held.earlier_person = person, earlier
    held.reviewed_at = held.united_at = now
    held.save(update_fields=["person", "earlier_person", "reviewed_at", "united_at"])
    record("matched", person, by=by, now=now, after={"agent": label(held)})
    if held.email and not person.email:
        people.change_person(person, name=person.name, email=held.email, by=by, now=now)
    if earlier is not None:
        record("separated", earlier, by=by, now=now, before={"agent": label(held)})
        _let_go(earlier, by=by, now=now)
    leaving.settle(person, now=now)
    return earlier


@transaction.atomic
def keep_apart(identity: Identity, *, by: Actor | None, now: datetime) -> None:
    """Let an agent be who they are, whoever else has the address. It is not proposed again."""
    held = _held(identity)
    if held.reviewed_at is None and held.person is not None:
        record("kept apart", held.person, by=by, now=now, after={"agent": label(held)})
    _review(held, now)


@transaction.atomic
def separate(identity: Identity, *, by: Actor | None, now: datetime) -> Person:
    """Let an agent be a person of their own again, who is given back: the one they were before, or a new one."""
    held = _held(identity)
    person = held.person
    if person is not None and not is_several(held):
        raise Refused(NOT_SEVERAL, person=person.name)
    other = held.earlier_person or people.create_person(str(held)[:200], email=held.email, by=by, now=now)
    held.person, held.earlier_person = other, None
    held.reviewed_at, held.united_at = now, None
    held.save(update_fields=["person", "earlier_person", "reviewed_at", "united_at"])
    record("matched", other, by=by, now=now, after={"agent": label(held)})
    if person is not None:
        record("separated", person, by=by, now=now, before={"agent": label(held)})
    if held.deactivated_at is not None and other.deactivated_at is None:
        people.deactivate(other, by=None, now=now, since=held.deactivated_at, reason=held.source.name)
    return other


@transaction.atomic
def map_group(identity: Identity, team: Team, *, by: Actor | None, now: datetime) -> Team | None:
    """Let a group of a help desk be this team. Which it was before that is given back."""
    held = _held(identity)
    earlier = held.team
    if earlier == team:
        return None
    held.team, held.reviewed_at = team, now
    held.save(update_fields=["team", "reviewed_at"])
    record("matched", team, by=by, now=now, after={"group": label(held)})
    if earlier is not None:
        record("separated", earlier, by=by, now=now, before={"group": label(held)})
    return earlier


def review(identities: Iterable[Identity], *, now: datetime) -> int:
    """Say that these agents are who they are shown to be; how many nobody had looked at before."""
    asked = Identity.objects.filter(pk__in=[one.pk for one in identities], reviewed_at__isnull=True)
    return asked.update(reviewed_at=now)


def is_several(identity: Identity) -> bool:
    """Whether an agent can be separated: their person is another agent too, or was there before them."""
    person = identity.person
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT, person=person).exclude(pk=identity.pk)
    return person is not None and (identity.united_at is not None or agents.exists())


def label(identity: Identity) -> str:
    """An agent or a group with its source, as records keep it."""
    return f"{identity.source.name}: {identity}"[:200]


def title(identity: Identity) -> str:
    """The same for whoever reads it now, in their language."""
    return f"{identity.source.title}: {identity}"


def _held(identity: Identity) -> Identity:
    """The row, held until the end of the transaction."""
    held = Identity.objects.select_for_update(of=("self",)).select_related("person", "team", "source", "earlier_person")
    return held.get(pk=identity.pk)


def _review(held: Identity, now: datetime) -> None:
    held.reviewed_at = now
    held.save(update_fields=["reviewed_at"])


def _let_go(person: Person, *, by: Actor | None, now: datetime) -> None:
    """Remove a person of whom nothing is kept beside when they left a help desk."""
    kept = Person.objects.filter(pk=person.pk).exclude(
        **{f"{one.name}__isnull": True for one in person._meta.related_objects if one.name != "deactivations"}
    )
    if kept.exists():
        return
    record("removed", person, by=by, now=now)
    person.delete()


def _before(person: OuterRef | int) -> Q:
    """Who was here before a person: with a lower number, or entered by hand."""
    return Q(pk__lt=person) | Q(identities__isnull=True)


def _by_email(emails: Collection[str]) -> Mapping[str, Sequence[tuple[Person, bool]]]:
    """Everybody with one of these addresses, here or in a help desk, in order; and whether they are an agent at all."""
    found: dict[str, dict[int, tuple[Person, bool]]] = defaultdict(dict)
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT, email__in=emails, person__isnull=False)
    for one in agents.select_related("person"):
        if one.person is not None:
            found[one.email][one.person.pk] = one.person, True
    is_agent = Exists(Identity.objects.filter(person=OuterRef("pk")))
    for person in Person.objects.filter(email__in=emails).annotate(is_agent=is_agent):
        found[person.email].setdefault(person.pk, (person, person.is_agent))
    return defaultdict(list, {email: [every[pk] for pk in sorted(every)] for email, every in found.items()})


def _earlier(everybody: Sequence[tuple[Person, bool]], person: int) -> Sequence[Person]:
    return [one for one, is_agent in everybody if one.pk != person and (one.pk < person or not is_agent)]


def _shared(emails: Collection[str]) -> Collection[str]:
    """Which of these addresses several people may read: one of a role, or of several agents of one source."""
    of_roles = {one for one in emails if one.partition("@")[0].partition("+")[0] in ROLES}
    agents = Identity.objects.filter(kind=Identity.Kind.AGENT, email__in=emails).order_by()
    several = agents.values("source", "email").annotate(agents=Count("pk")).filter(agents__gt=1)
    return of_roles | set(several.values_list("email", flat=True))
