"""A sync with a help desk that has a connector: what changed since the cursor goes into the store, batch by batch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from milepost.base.errors import Refused, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import Batch, Connector
from milepost.connectors.feed.connector import Feed
from milepost.sources import identities
from milepost.sources.models import Source, Sync
from milepost.sources.sync import Span, cover, staging_file, store
from milepost.tickets import store as tickets
from milepost.tickets.store import Staged, Written
from milepost.tickets.store.staging import rows_into, staged_row, told

COUNTED: Final = ("new", "updated", "unchanged")


@dataclass(frozen=True)
class Synced:
    """How many tickets a sync changed, and whether it came to the end of what there is."""

    changed: int
    whole: bool


def connect(address: str, token_file: Path, *, slug: str, name: str, now: datetime) -> Source:
    """Connect a feed that answers and lets us read; asked again, it changes address and token."""
    settings = {"address": address, "token_file": str(token_file)}
    connector(settings).check()
    source, _ = Source.objects.get_or_create(
        slug=slug, defaults={"name": name, "make": Source.Make.FEED, "connected_at": now}
    )
    if source.make != Source.Make.FEED:
        raise Refused(
            gettext_noop("“%(source)s” is a source of another kind. Choose another name with --source."), source=slug
        )
    source.settings, source.disconnected_at = settings, None
    source.save(update_fields=["settings", "disconnected_at"])
    return source


def connector(settings: dict[str, str]) -> Connector:
    """The connector of a source with these settings. The token stays in its file: it is in no backup and no log."""
    try:
        token = Path(settings["token_file"]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SourceFailed(
            gettext_noop("The file of the token cannot be read: %(error)s."), permanent=False, error=error.strerror
        ) from error
    return Feed(settings["address"], token)


def sync(
    source: Source,
    desk: Connector,
    *,
    clock: Callable[[], datetime],
    zone: ZoneInfo,
    stopped: Callable[[], bool] = lambda: False,
) -> Synced:
    """Read what changed, until there is no more or `stopped` says so.

    The events of a batch are in the store before its cursor is saved; a sync that is killed between the two reads the
    batch again, which changes nothing. The source is read up to the moment at which a sync that came to its end began.
    """
    reading = _Reading(source, desk, zone, begun=clock())
    for batch in desk.changes(source.cursor):
        reading.take(batch, now=clock())
        if stopped():
            return Synced(reading.changed, whole=False)
    Source.objects.filter(pk=source.pk).update(answered_at=clock(), complete_until=reading.begun)
    return Synced(reading.changed, whole=True)


class _Reading:
    """One sync under way."""

    def __init__(self, source: Source, desk: Connector, zone: ZoneInfo, *, begun: datetime) -> None:
        self.source, self.desk, self.zone, self.begun = source, desk, zone, begun
        self.changed = 0
        self._row: Sync | None = None

    def take(self, batch: Batch, *, now: datetime) -> None:
        """Put a batch into the store, then keep its cursor with all that belongs to it, in one step."""
        written = self._store(batch, now)
        with transaction.atomic():
            self._move(batch.cursor)
            self._cover(batch)
            identities.match(self.source, store().names(self.source.slug))
            self._note(len(batch.events), written, now)
        self.changed += written.new + written.updated

    def _store(self, batch: Batch, now: datetime) -> Written:
        telling = self.desk.telling
        with staging_file(now) as staging:
            with rows_into(staging) as writer:
                for line, event in enumerate(batch.events):
                    row = staged_row(line, event.key, event.created_at, event.happened_at, **dict(event.columns))
                    writer.writerow(told(row))
            staged = Staged(
                self.source.slug,
                staging,
                telling.rules,
                fields=dict(telling.fields),
                whole=telling.whole,
                tells=telling.tells,
            )
            return tickets.update(store(), staged, now=int(now.timestamp()))

    def _move(self, cursor: str) -> None:
        """Move the cursor from where this sync began; another sync that moved it meanwhile is let go on instead."""
        held = Source.objects.filter(pk=self.source.pk, cursor=self.source.cursor)
        if not held.update(cursor=cursor):
            raise Refused(gettext_noop("Another sync of %(source)s has gone on from here."), source=self.source.name)
        self.source.cursor = cursor

    def _cover(self, batch: Batch) -> None:
        """Until the first sync has come to its end, nothing says how far the source was read."""
        created = min((event.created_at for event in batch.events), default=None)
        cover(self.source, Span(), oldest_created=created, newest=None, zone=self.zone)

    def _note(self, rows: int, written: Written, now: datetime) -> None:
        if self._row is None:
            self._row = Sync(source=self.source, started_at=self.begun, what=self.source.settings["address"][:300])
            self._row.counts = dict.fromkeys(("rows", *COUNTED), 0) | {"rejected": []}
        counts = self._row.counts
        counts["rows"] += rows
        for name in COUNTED:
            counts[name] += getattr(written, name)
        self._row.finished_at = now
        self._row.save()
