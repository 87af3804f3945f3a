"""milepost who-is-who: whom the agents of several help desks are, matched and separated."""

import csv
from argparse import ArgumentParser
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import transaction

from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.base.names import fold
from milepost.cli import arguments
from milepost.cli.command import MilepostCommand
from milepost.people.models import Person
from milepost.progress.regrouping import refresh_identities
from milepost.sources import sync, who_is_who
from milepost.sources.models import Identity, Source

NO_SOURCE = gettext_noop("There is no source “%(source)s”. Known are: %(sources)s")
NO_AGENT = gettext_noop(
    "%(source)s has no agent “%(agent)s”. milepost who-is-who list --all prints them, in the column agent."
)
NO_PERSON = gettext_noop("There is nobody called “%(person)s”. Say their name, e-mail address or number.")
NAMESAKES = gettext_noop("%(count)s people are called “%(person)s”. Say the number of one of them: %(numbers)s")
HEADING: Final = ("source", "agent", "name", "email", "person", "number", "may_be", "shared")
LISTED: Final = 20
AT_ONCE: Final = 500


class Command(MilepostCommand):
    """Lists who agents may be, and decides it."""

    help = "List the agents that may be somebody who was here before; match one to a person, or separate it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="print as CSV who it is to be decided of")
        listing.add_argument("--source", type=arguments.slug, help="only the agents of this source")
        listing.add_argument("--all", action="store_true", dest="everybody", help="all agents, and who each is now")
        matching = _deciding(acts.add_parser("match", help="let an agent be a person, whose numbers count both"))
        matching.add_argument("person", help="name, e-mail address or number of the person")
        _deciding(acts.add_parser("keep-apart", help="let an agent stay a person of their own, and ask no more"))
        _deciding(acts.add_parser("separate", help="make an agent a person of their own again"))

    def run(self, **options: Any) -> None:
        """List, or decide of one agent. A try is done too, and taken back before it can be seen."""
        if options["act"] == "list":
            self._list(options["source"], everybody=options["everybody"])
            return
        identity, now = _agent(options["source"], options["agent"]), clock.now()
        with transaction.atomic():
            said, touched = _decide(identity, options, now)
            transaction.set_rollback(options["only_try"])
        self.stdout.write(said)
        if options["only_try"]:
            self.stdout.write("Nothing was changed.")
        elif touched:
            refresh_identities(touched, (), store=sync.store(), now=now)

    def _list(self, slug: str | None, *, everybody: bool) -> None:
        agents = Identity.objects.filter(kind=Identity.Kind.AGENT) if everybody else who_is_who.to_review()
        if slug is not None:
            agents = agents.filter(source=_source(slug))
        table = csv.writer(self.stdout, lineterminator="\n")
        table.writerow(HEADING)
        ordered = agents.select_related("person", "source").order_by("source__slug", "key", "pk").iterator(AT_ONCE)
        while some := list(islice(ordered, AT_ONCE)):
            proposals = who_is_who.proposals(some)
            for one in some:
                table.writerow(_row(one, proposals.get(one.pk)))


def _deciding(parser: ArgumentParser) -> ArgumentParser:
    """What names the agent."""
    parser.add_argument("source", type=arguments.slug, help="the source that the agent is of")
    parser.add_argument("agent", help="what the source calls the agent: the column agent of the list")
    parser.add_argument("--try", action="store_true", dest="only_try", help="say what would change, no more")
    return parser


def _decide(identity: Identity, options: dict[str, Any], now: datetime) -> tuple[str, set[int]]:
    """What was decided, in a sentence, and whose numbers follow."""
    match options["act"]:
        case "match":
            return _match(identity, _person(options["person"]), now)
        case "separate":
            left = identity.person
            other = who_is_who.separate(identity, by=None, now=now)
            was = "" if left is None else f", and not {_named(left)} any more"
            return f"{who_is_who.label(identity)} is {_named(other)}{was}.", _numbers(left, other)
        case _:
            who_is_who.keep_apart(identity, by=None, now=now)
            return f"{who_is_who.label(identity)} stays {_named(identity.person)}, and is not asked about again.", set()


def _match(identity: Identity, person: Person, now: datetime) -> tuple[str, set[int]]:
    """Who is nobody else is removed; their number is of use for nothing then."""
    before = _named(identity.person)
    if identity.person == person:
        who_is_who.keep_apart(identity, by=None, now=now)
        return f"{who_is_who.label(identity)} is {before} already.", set()
    earlier = who_is_who.unite(identity, person, by=None, now=now)
    said = f"{who_is_who.label(identity)} is {_named(person)}."
    if earlier is None:
        return said, _numbers(person)
    becomes = "is removed: nothing else is known of them" if earlier.pk is None else "stays, with all that is theirs"
    return f"{said} {before}, whom they were before, {becomes}.", _numbers(person, earlier)


def _row(one: Identity, proposal: who_is_who.Proposal | None) -> tuple[object, ...]:
    persons = () if proposal is None else proposal.persons
    return (
        one.source.slug,
        one.key,
        one.name,
        one.email,
        "" if one.person is None else one.person.name,
        one.person_id or "",
        "; ".join(map(_named, persons)),
        "yes" if proposal is not None and proposal.shared else "no",
    )


def _source(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        known = Source.objects.order_by("slug").values_list("slug", flat=True)[:LISTED]
        raise Refused(NO_SOURCE, source=slug, sources=", ".join(known) or "–")
    return source


def _agent(slug: str, key: str) -> Identity:
    agents = _source(slug).identities.filter(kind=Identity.Kind.AGENT, key=key)
    identity = agents.select_related("person", "source").first()
    if identity is None:
        raise Refused(NO_AGENT, source=slug, agent=key[:80])
    return identity


def _person(text: str) -> Person:
    """By number, address or name; a name that several have is nobody's."""
    found = Person.objects.filter(email=text.lower()) if "@" in text else Person.objects.filter(folded=fold(text))
    if text.isdecimal() and len(text) < len(str(2**63)):
        found = Person.objects.filter(pk=int(text))
    persons = list(found.order_by("pk")[:LISTED])
    if not persons:
        raise Refused(NO_PERSON, person=text[:80])
    if len(persons) > 1:
        numbers = ", ".join(str(one.pk) for one in persons)
        raise Refused(NAMESAKES, count=len(persons), person=text[:80], numbers=numbers)
    return persons[0]


def _named(person: Person | None) -> str:
    """A name with its number, by which it can be said."""
    return "nobody" if person is None else f"{person.name} ({person.pk})"


def _numbers(*persons: Person | None) -> set[int]:
    return {one.pk for one in persons if one is not None and one.pk is not None}
