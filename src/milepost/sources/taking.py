"""Taking what was sent to us into the facts, in the order in which it came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milepost.sources import entrances, identities, told_before
from milepost.sources.help_desks import Synced
from milepost.sources.models import HEARTBEAT, Arrival, Source, Sync
from milepost.sources.sync import Span, cover, retime, store
from milepost.sources.timing import business
from milepost.sources.told_before import Said, Ticket
from milepost.tickets import store as tickets
from milepost.tickets.events import ReplayRules
from milepost.tickets.store import Staged, Written
from milepost.tickets.store.lock import writing
from milepost.tickets.store.staging import rows_into, staged_row
from milepost.tickets.store.staging import told as as_told

# So many arrivals are looked at for a batch, and so many events are taken in it.
LOOKED_AT: Final = 10_000
LARGEST: Final = 10_000
# What comes within so long is told as one reading.
ONE_READING: Final = timedelta(minutes=5)
COUNTED: Final = ("new", "updated", "unchanged")
# Of one reading not more reasons are kept.
REASONS: Final = 20
PLACES: Final = 10


def take(
    source: Source, *, clock: Callable[[], datetime], zone: ZoneInfo, stopped: Callable[[], bool] = lambda: False
) -> Synced:
    """Take what waits, batch by batch, until nothing does or `stopped` says so.

    A batch is in the store before it is marked as taken; one that was killed between the two is taken again, which
    changes nothing. What a ticket is told to be is worked out under a lock, which holds off a worker that was thought
    dead too.
    """
    changed = 0
    while True:
        with writing(settings.DATA_FOLDER / "arrivals" / source.slug) as scratch:
            batch = _next(source)
            if not batch.arrivals:
                return Synced(changed, whole=True)
            written = _store(source, batch, scratch / "events.csv", now=clock()) if batch.tickets else NOTHING
            _keep(source, batch, written, zone=zone, now=clock())
        changed += written.new + written.updated
        if stopped():
            return Synced(changed, whole=False)


@dataclass
class _Batch:
    """Some arrivals in their order: what they make of each ticket, and what else they say."""

    arrivals: list[Arrival] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: int = 0
    complete_from: int | None = None
    complete_until: int | None = None
    newest: int | None = None
    beats: bool = False
    refused: list[Arrival] = field(default_factory=list)

    def add(self, arrival: Arrival) -> None:
        """One more; a whole ticket lets go of all that was said of it before."""
        self.arrivals.append(arrival)
        told = arrival.told
        match arrival.kind:
            case Arrival.Kind.REFUSED:
                self.refused.append(arrival)
            case Arrival.Kind.HEARTBEAT:
                self.beats = self.beats or told["complete_until"] is not None
                self.complete_from = told["complete_from"] or self.complete_from
                self.complete_until = max(told["complete_until"] or 0, self.complete_until or 0) or None
            case Arrival.Kind.TICKET:
                self._say(Ticket(told["created"], whole=True), told)
            case _:
                self._say(self.tickets.get(told["ticket"]) or Ticket(told["created"]), told)

    def _say(self, ticket: Ticket, told: dict[str, Any]) -> None:
        self.tickets[told["ticket"]] = ticket
        self.events += len(told["events"])
        for at, columns in told["events"]:
            ticket.say(Said(at, columns))
            self.newest = max(at, self.newest or at)


def _next(source: Source) -> _Batch:
    """What is next, by what it weighs: whole tickets may be large."""
    waiting = Arrival.objects.filter(source=source, taken_at__isnull=True).order_by("pk")
    last, events = 0, 0
    for number, weight in waiting.values_list("pk", "events")[:LOOKED_AT]:
        events += weight
        if last and events > LARGEST:
            break
        last = number
    batch = _Batch()
    for arrival in waiting.filter(pk__lte=last):
        batch.add(arrival)
    return batch


def _store(source: Source, batch: _Batch, file: Any, *, now: datetime) -> Written:
    """Tell each ticket as it is with what came, in the order of time: an event that comes late finds its place."""
    held = told_before.tickets(store(), source.slug, [key for key, one in batch.tickets.items() if not one.whole])
    with rows_into(file) as writer:
        line = 0
        for key, ticket in batch.tickets.items():
            whole = ticket.after(held.get(key))
            for said in whole.in_order():
                row = staged_row(line, key, whole.created, said.at, **said.columns)
                writer.writerow(as_told(row))
                line += 1
    staged = Staged(source.slug, file, ReplayRules(), whole=True)
    return tickets.update(store(), staged, now=int(now.timestamp()), business=business())


def _keep(source: Source, batch: _Batch, written: Written, *, zone: ZoneInfo, now: datetime) -> None:
    """Mark a batch as taken, with all that belongs to it, in one step."""
    with transaction.atomic():
        Arrival.objects.filter(pk__in=[one.pk for one in batch.arrivals]).update(taken_at=now, told={})
        Arrival.objects.filter(pk__in=[one.pk for one in batch.refused]).delete()
        _cover(source, batch, zone=zone, now=now)
        new_names = bool(batch.tickets) and identities.match(source, store().names(source.slug))
        _note(source, batch, written, now=now)
    if new_names:
        # A group that is new here may be one of a team with working hours of its own.
        retime()


def _cover(source: Source, batch: _Batch, *, zone: ZoneInfo, now: datetime) -> None:
    """It is read up to its newest event or heartbeat, and from where it says; else from when it was connected."""
    if batch.beats and HEARTBEAT not in source.settings:
        # Read anew: somebody may have changed what statuses mean meanwhile.
        source.settings = Source.objects.select_for_update().get(pk=source.pk).settings | {HEARTBEAT: True}
        source.save(update_fields=["settings"])
    told = [at for at in (batch.newest, batch.complete_until) if at is not None]
    since = None if batch.complete_from is None else datetime.fromtimestamp(batch.complete_from, UTC)
    newest = min(max(told), int(now.timestamp())) if told else None
    cover(source, Span(complete_from=since), oldest_created=None, newest=newest, zone=zone)
    source.answered_at = max(one.received_at for one in batch.arrivals)
    source.save(update_fields=["answered_at"])


def _note(source: Source, batch: _Batch, written: Written, *, now: datetime) -> None:
    """What came is told as one row for some minutes. What was only told once more brought nothing."""
    if not batch.refused and not written.new + written.updated:
        return
    came = batch.arrivals[0].received_at
    row = Sync.objects.filter(source=source, started_at__gt=came - ONE_READING).order_by("-started_at", "-pk").first()
    if row is None:
        counts: dict[str, Any] = dict.fromkeys(("rows", *COUNTED), 0) | {"rejected": []}
        row = Sync(source=source, started_at=came, what=entrances.address(source.entrance)[:300], counts=counts)
    counts = row.counts
    counts["rows"] += batch.events + sum(_refused(one) for one in batch.refused)
    for name in COUNTED:
        counts[name] += getattr(written, name)
    for one in batch.refused:
        _add_reasons(counts["rejected"], one.told["reasons"])
    row.finished_at = now
    row.save()


def _refused(arrival: Arrival) -> int:
    return sum(one["count"] for one in arrival.told["reasons"])


def _add_reasons(held: list[dict[str, Any]], reasons: Sequence[dict[str, Any]]) -> None:
    """The same reason of the same field is counted; where more are told than are kept, the last one stands for them."""
    for one in reasons:
        same = next((each for each in held if (each["reason"], each["field"]) == (one["reason"], one["field"])), None)
        if same is None and len(held) < REASONS:
            held.append(dict(one))
            continue
        same = same or held[-1]
        same["count"] += one["count"]
        same["lines"] = (same["lines"] + one["lines"])[:PLACES]


NOTHING: Final = Written(new=0, updated=0, unchanged=0, months=())
