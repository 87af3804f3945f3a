"""A sync with a help desk that has a connector: what changed since the cursor goes into the store, batch by batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings as installation
from django.db import transaction

from milepost.base.errors import Refused, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import registry, settings
from milepost.connectors.contract import Batch, Connector, Rejected, Step, TicketEvent
from milepost.connectors.http import Door
from milepost.history import record
from milepost.people.models import User
from milepost.sources import apart, identities, timing, vault
from milepost.sources.models import AllowedServer, Source, Sync
from milepost.sources.sync import Span, cover, retime, staging_file, store
from milepost.tickets import store as tickets
from milepost.tickets.events import Removal
from milepost.tickets.notes import Note
from milepost.tickets.store import Staged, Written
from milepost.tickets.store.staging import rows_into, staged_row, told

COUNTED: Final = ("new", "updated", "unchanged")


@dataclass(frozen=True)
class Synced:
    """How many tickets a sync changed, and whether it came to the end of what there is."""

    changed: int
    whole: bool


def check(make: str, answers: Mapping[str, str]) -> Iterator[Step]:
    """Try to read a help desk with these settings, and say step by step what was found. Nothing is kept."""
    with _open(make, answers) as desk:
        yield from desk.check()


def connect(make: str, answers: Mapping[str, str], *, slug: str, name: str, by: User | None, now: datetime) -> Source:
    """Connect a help desk that can be read; asked again, it changes its settings and goes on where it was."""
    apart.check_no_demo(slug)
    for _ in check(make, answers):
        pass
    with transaction.atomic():
        apart.check_no_demo(slug)
        source, new = Source.objects.get_or_create(
            slug=slug, defaults={"name": name, "make": make, "connected_at": now}
        )
        if source.make != make:
            raise Refused(
                gettext_noop("“%(source)s” is a source of another kind. Choose another name with --source."),
                source=slug,
            )
        _keep(source, answers)
        record.record("connected" if new else "reconnected", source, by=by, now=now, after=dict(source.settings))
    return source


def change(source: Source, answers: Mapping[str, str], *, name: str, by: User | None, now: datetime) -> None:
    """Read a source with other settings, or again after it was disconnected. People and history stay.

    With other settings everything is told again, the newest tickets first.
    """
    for _ in check(source.make, answers):
        pass
    with transaction.atomic():
        verb = "changed" if source.disconnected_at is None else "reconnected"
        before, source.name = _shown(source), name
        _keep(source, answers)
        after = _shown(source)
        differing = {key for key in before | after if before.get(key) != after.get(key)}
        record.record(
            verb,
            source,
            by=by,
            now=now,
            before={key: text for key, text in before.items() if key in differing},
            after={key: text for key, text in after.items() if key in differing},
        )


def disconnect(source: Source, *, by: User | None, now: datetime) -> None:
    """Read a source no more, and forget what let us in. Its tickets, people and history stay."""
    with transaction.atomic():
        source.disconnected_at, source.secrets = now, ""
        source.save(update_fields=["disconnected_at", "secrets"])
        record.record("disconnected", source, by=by, now=now)


@contextmanager
def connector(source: Source) -> Iterator[Connector]:
    """The connector of a source."""
    with _open(source.make, answers_of(source)) as desk:
        yield desk


def answers_of(source: Source) -> dict[str, str]:
    """What a source is read with, for whoever changes it: secrets too, so that they need not be entered again."""
    return {**source.settings, **vault.unseal(source.secrets)}


def allow(host: str, port: int, *, by: User | None, now: datetime) -> None:
    """Let this host and port of the own network be read from now on."""
    with transaction.atomic():
        server, new = AllowedServer.objects.get_or_create(host=host, port=port, defaults={"allowed_at": now})
        if new:
            record.record("allowed", server, by=by, now=now)


def _keep(source: Source, answers: Mapping[str, str]) -> None:
    """Keep what a source is read with, secrets sealed; read differently, it begins anew."""
    asked = registry.make(source.make).asked()
    secrets = {one.key: answers[one.key] for one in asked if one.is_secret and answers.get(one.key)}
    plain = {name: text for name, text in answers.items() if name not in secrets}
    if plain != source.settings:
        source.settings, source.cursor = plain, ""
    source.secrets, source.disconnected_at = vault.seal(secrets), None
    source.save(update_fields=["name", "settings", "cursor", "secrets", "disconnected_at"])


def _shown(source: Source) -> dict[str, str]:
    """What history tells of a source."""
    return {"name": source.name, **source.settings}


@contextmanager
def _open(make: str, answers: Mapping[str, str]) -> Iterator[Connector]:
    known = registry.make(make)
    allowed = frozenset(AllowedServer.objects.values_list("host", "port"))
    door = Door(allowed, tuple(map(Path, installation.DATABASE_FOLDERS)))
    with known.open(settings.read(known.settings, _with_token(answers)), door) as desk:
        yield desk


def _with_token(answers: Mapping[str, str]) -> Mapping[str, str]:
    """A token that is kept in a file stays there: it is in no database, no backup and no log."""
    file = answers.get("token_file")
    if file is None:
        return answers
    try:
        return {**answers, "token": Path(file).read_text(encoding="utf-8").strip()}
    except OSError as error:
        raise SourceFailed(
            gettext_noop("The file of the token cannot be read: %(error)s."), permanent=False, error=error.strerror
        ) from error


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
    reading.end(now=clock())
    return Synced(reading.changed, whole=True)


def reconcile(source: Source, desk: Connector, *, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> Synced:
    """Ask for every ticket that counts whether the help desk still has it; those that it does not have are deleted.

    A deletion leaves no trace in the answers of most help desks; agents who left may leave none either.
    """
    reading = _Reading(source, desk, ZoneInfo("UTC"), begun=clock())
    for keys in store().keys(source.slug):
        gone = list(desk.missing(keys))
        if gone:
            reading.remove(gone, now=clock())
        if stopped():
            return Synced(reading.changed, whole=False)
    identities.describe(source, desk.agents(), now=clock())
    Source.objects.filter(pk=source.pk).update(reconciled_at=clock())
    return Synced(reading.changed, whole=True)


class _Reading:
    """One sync under way."""

    def __init__(self, source: Source, desk: Connector, zone: ZoneInfo, *, begun: datetime) -> None:
        self.source, self.desk, self.zone, self.begun = source, desk, zone, begun
        self.changed = 0
        self._row: Sync | None = None
        # A first import that was killed may have met names that nobody has described yet.
        self._new_names = source.complete_until is None

    def take(self, batch: Batch, *, now: datetime) -> None:
        """Put a batch into the store, then keep its cursor with all that belongs to it, in one step."""
        written = self._store(batch, now) if batch.events else NOTHING
        with transaction.atomic():
            self._move(batch.cursor)
            if batch.events:
                self._cover(batch)
                self._new_names |= identities.match(self.source, store().names(self.source.slug))
            if batch.events or batch.rejected:
                self._note(batch, written, now)
        self.changed += written.new + written.updated

    def remove(self, keys: Sequence[str], *, now: datetime) -> None:
        """These tickets are deleted, as of now: nobody tells when they were."""
        at = int(now.timestamp())
        deleted = {"removal": Removal.DELETED.value}
        batch = Batch([TicketEvent(key, at, at, deleted) for key in keys], self.source.cursor)
        written = self._store(batch, now)
        with transaction.atomic():
            self._note(batch, written, now)
        self.changed += written.new + written.updated

    def end(self, *, now: datetime) -> None:
        """The help desk has no more: it is read up to the moment at which this sync began."""
        if self._new_names:
            # A group that is new here may be one of a team with working hours of its own.
            retime()
            identities.describe(self.source, self.desk.agents(), now=now)
        Source.objects.filter(pk=self.source.pk).update(answered_at=now, complete_until=self.begun)

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
                whole=batch.whole,
                tells=telling.tells,
            )
            return tickets.update(store(), staged, now=int(now.timestamp()), business=timing.business())

    def _move(self, cursor: str) -> None:
        """Move the cursor from where this sync began, unless another moved it; with it goes what readers are told."""
        held = Source.objects.filter(pk=self.source.pk, cursor=self.source.cursor)
        notes = [] if self.desk.telling.rules.history else [Note.NO_HISTORY.value]
        if not held.update(cursor=cursor, notes=notes):
            raise Refused(gettext_noop("Another sync of %(source)s has gone on from here."), source=self.source.name)
        self.source.cursor = cursor

    def _cover(self, batch: Batch) -> None:
        """Until the first sync has come to its end, nothing says how far the source was read."""
        created = min((event.created_at for event in batch.events), default=None)
        cover(self.source, Span(), oldest_created=created, newest=None, zone=self.zone)

    def _note(self, batch: Batch, written: Written, now: datetime) -> None:
        """One row for a sync that brought something. What was only told once more brought nothing."""
        refused_at_first = batch.progress is not None and batch.rejected
        if self._row is None and not (written.new + written.updated or refused_at_first):
            return
        if self._row is None:
            where = self.source.settings.get("address") or self.source.name
            self._row = Sync(source=self.source, started_at=self.begun, what=where[:300])
            self._row.counts = dict.fromkeys(("rows", *COUNTED), 0) | {"rejected": []}
        counts = self._row.counts
        counts["rows"] += len(batch.events)
        for name in COUNTED:
            counts[name] += getattr(written, name)
        if batch.progress is not None:
            counts["imported"], counts["to_import"] = batch.progress.done, batch.progress.total
        counts["rejected"] = _with(counts["rejected"], batch.rejected)
        self._row.finished_at = now
        self._row.save()


def _with(kept: Sequence[dict[str, Any]], rejected: Sequence[Rejected]) -> list[dict[str, Any]]:
    """What was rejected before, and now."""
    known = {(one["reason"], one["column"]): one for one in kept}
    for one in rejected:
        new = {"reason": one.reason, "column": one.column, "count": 0, "lines": [], "example": one.example}
        counted = known.setdefault((one.reason, one.column), new)
        counted["count"] += one.count
    return list(known.values())


NOTHING: Final = Written(new=0, updated=0, unchanged=0, months=())
