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
    rows = [_row(entrance, item, now) for item in items]
    with transaction.atomic():
        held = Entrance.objects.filter(pk=entrance.pk, source__disconnected_at__isnull=True)
        if not held.update(received_at=now):
            raise NotFound(NOT_HERE)
        _check_room(entrance)
        known = _Known(entrance, [row for row in rows if isinstance(row, Arrival)])
        answers = [known.judge(row) for row in rows]
        Arrival.objects.bulk_create([*known.fresh, *_refused(entrance, answers, now)])
    return answers


def _row(entrance: Entrance, item: Item, now: datetime) -> Arrival | Refusal:
    """An item as it is kept, if it is new."""
    kept = Arrival(source_id=entrance.source_id, received_at=now)
    match item:
        case Refusal():
            return item
        case Heartbeat():
            kept.kind = Arrival.Kind.HEARTBEAT
            kept.told = {"complete_from": item.complete_from, "complete_until": item.complete_until}
        case Events():
            kept.kind = Arrival.Kind.TICKET if item.whole else Arrival.Kind.EVENT
            kept.told, kept.events = _told(item), len(item.events)
            kept.about = _hash(item.ticket)
            kept.digest = _hash(json.dumps([item.whole, kept.told], sort_keys=True))
            kept.known_by = None if item.whole else _hash(f"named {item.name}" if item.name else f"said {kept.digest}")
    return kept


class _Known:
    """What was sent before, and the rows that are new."""

    def __init__(self, entrance: Entrance, rows: Sequence[Arrival]) -> None:
        self.fresh: list[Arrival] = []
        before = Arrival.objects.filter(source=entrance.source_id)
        events = before.filter(known_by__in={row.known_by for row in rows if row.known_by})
        self._events: dict[str | None, str] = dict(events.values_list("known_by", "digest"))
        tickets = {row.about for row in rows if row.kind == Arrival.Kind.TICKET}
        newest = before.filter(about__in=tickets).order_by().values("about").annotate(last=Max("pk")).values("last")
        self._tickets = dict(before.filter(pk__in=newest).values_list("about", "digest"))

    def judge(self, row: Arrival | Refusal) -> Answer:
        """What becomes of an item."""
        if isinstance(row, Refusal):
            return Answer(Outcome.REJECTED, row)
        if row.kind == Arrival.Kind.EVENT and row.known_by in self._events:
            same = self._events[row.known_by] == row.digest
            return Answer(Outcome.UNCHANGED) if same else Answer(Outcome.REJECTED, Refusal("id", SAME_NAME))
        # A whole ticket says nothing new where it was the last that was said of the ticket.
        if row.kind == Arrival.Kind.TICKET and self._tickets.get(row.about) == row.digest:
            return Answer(Outcome.UNCHANGED)
        if row.kind == Arrival.Kind.EVENT:
            self._events[row.known_by] = row.digest
        self._tickets[row.about] = row.digest
        self.fresh.append(row)
        return Answer(Outcome.ACCEPTED)


def _check_room(entrance: Entrance) -> None:
    waiting = Arrival.objects.filter(source=entrance.source_id, taken_at__isnull=True).order_by("pk")
    if waiting.values_list("pk", flat=True)[MOST_WAITING : MOST_WAITING + 1]:
        raise Full(
            gettext_noop("A million events wait to be read, so no more is taken. See whether a worker is at work.")
        )


def _told(item: Events) -> dict[str, Any]:
    events = [[event.happened_at, dict(event.columns)] for event in item.events]
    return {"ticket": item.ticket, "created": item.events[0].created_at, "events": events}


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
