"""Accepting what is sent to us: kept in one step, before the answer; the worker takes it into the facts afterwards."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.inbound.body import Events, Heartbeat, Item, Refusal
from milepost.sources.entrances import NOT_HERE
from milepost.sources.models import Arrival, Entrance

# How long an event is known by its name when it comes again. By what it says it is known for ever.
KNOWN: Final = timedelta(days=30)
# More do not wait; a worker takes thousands a second.
MOST_WAITING: Final = 1_000_000
# Of one request not more reasons and places are kept.
REASONS: Final = 20
PLACES: Final = 10

SAME_NAME: Final = gettext_noop(
    "“%(field)s” came before with an event that says something else. To correct an event, send the whole ticket."
)
FURTHER: Final = gettext_noop("There are further reasons.")


class Full(Refused):
    """So much waits for a worker that no more is taken."""


class Outcome(StrEnum):
    """What became of an item."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Answer:
    """What became of one item, and why it was not taken."""

    outcome: Outcome
    refusal: Refusal | None = None


def accept(entrance: Entrance, items: Sequence[Item], *, now: datetime) -> list[Answer]:
    """Keep the items that can be read, all in one step; tell of each what became of it.

    Two requests of one source are accepted one after the other: the row of its entrance is held meanwhile.
    """
    with transaction.atomic():
        held = Entrance.objects.filter(pk=entrance.pk, source__disconnected_at__isnull=True)
        if not held.update(received_at=now):
            raise NotFound(NOT_HERE)
        _check_room(entrance)
        accepting = _Accepting(entrance, items, now)
        answers = [accepting.take(item) for item in items]
        Arrival.objects.bulk_create([*accepting.fresh, *_refused(entrance, answers, now)])
    return answers


class _Accepting:
    """What is known of the items of a request already, and the rows that are new."""

    def __init__(self, entrance: Entrance, items: Sequence[Item], now: datetime) -> None:
        self.source, self.now = entrance.source_id, now
        self.fresh: list[Arrival] = []
        events = [item for item in items if isinstance(item, Events)]
        arrivals = Arrival.objects.filter(source=self.source)
        known = arrivals.filter(known_by__in={_known_by(one) for one in events if not one.whole})
        self._known = dict(known.values_list("known_by", "digest"))
        of_tickets = arrivals.filter(about__in={_hash(one.ticket) for one in events if one.whole}).order_by()
        newest = of_tickets.values("about").annotate(last=Max("pk")).values("last")
        self._newest = dict(arrivals.filter(pk__in=newest).values_list("about", "digest"))

    def take(self, item: Item) -> Answer:
        match item:
            case Refusal():
                return Answer(Outcome.REJECTED, item)
            case Heartbeat():
                told = {"complete_from": item.complete_from, "complete_until": item.complete_until}
                self._add(Arrival(kind=Arrival.Kind.HEARTBEAT, told=told))
                return Answer(Outcome.ACCEPTED)
            case Events(whole=True):
                return self._ticket(item)
        return self._event(item)

    def _event(self, item: Events) -> Answer:
        known_by, digest = _known_by(item), _digest(item)
        before = self._known.get(known_by)
        if before == digest:
            return Answer(Outcome.UNCHANGED)
        if before is not None:
            return Answer(Outcome.REJECTED, Refusal("id", SAME_NAME, item.name))
        self._known[known_by] = digest
        self._add(_arrival(Arrival.Kind.EVENT, item, digest, known_by))
        return Answer(Outcome.ACCEPTED)

    def _ticket(self, item: Events) -> Answer:
        """A whole ticket says nothing new where it was the last that was said of the ticket."""
        digest = _digest(item)
        if self._newest.get(_hash(item.ticket)) == digest:
            return Answer(Outcome.UNCHANGED)
        self._add(_arrival(Arrival.Kind.TICKET, item, digest, None))
        return Answer(Outcome.ACCEPTED)

    def _add(self, row: Arrival) -> None:
        row.source_id, row.received_at = self.source, self.now
        if row.about in self._newest or row.kind == Arrival.Kind.TICKET:
            self._newest[row.about] = row.digest
        self.fresh.append(row)


def _check_room(entrance: Entrance) -> None:
    waiting = Arrival.objects.filter(source=entrance.source_id, taken_at__isnull=True).order_by("pk")
    if waiting.values_list("pk", flat=True)[MOST_WAITING : MOST_WAITING + 1]:
        raise Full(
            gettext_noop("A million events wait to be read, so no more is taken. See whether a worker is at work.")
        )


def _arrival(kind: Arrival.Kind, item: Events, digest: str, known_by: str | None) -> Arrival:
    return Arrival(
        kind=kind,
        known_by=known_by,
        about=_hash(item.ticket),
        digest=digest,
        told=_told(item),
        events=len(item.events),
    )


def _told(item: Events) -> dict[str, Any]:
    events = [[event.happened_at, dict(event.columns)] for event in item.events]
    return {"ticket": item.ticket, "created": item.events[0].created_at, "events": events}


def _digest(item: Events) -> str:
    return _hash(json.dumps([item.whole, _told(item)], sort_keys=True))


def _known_by(item: Events) -> str:
    """The name that the sender gave it, else all that it says."""
    return _hash(f"named {item.name}" if item.name else f"said {_digest(item)}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refused(entrance: Entrance, answers: Sequence[Answer], now: datetime) -> Iterator[Arrival]:
    """A row that tells what was refused and where, so that the page can."""
    reasons: dict[tuple[str, str], dict[str, Any]] = {}
    for place, answer in enumerate(answers, start=1):
        refusal = answer.refusal
        if refusal is None:
            continue
        if len(reasons) >= REASONS and (refusal.reason, refusal.field) not in reasons:
            refusal = Refusal("", FURTHER)
        told = {"reason": refusal.reason, "field": refusal.field, "words": refusal.words, "example": refusal.example}
        one = reasons.setdefault((refusal.reason, refusal.field), told | {"count": 0, "lines": []})
        one["count"] += 1
        if len(one["lines"]) < PLACES:
            one["lines"].append(place)
    if reasons:
        yield Arrival(
            source_id=entrance.source_id,
            kind=Arrival.Kind.REFUSED,
            told={"rows": len(answers), "reasons": list(reasons.values())},
            received_at=now,
        )
