"""Merging: numbers for new names and tickets, and the events of every touched ticket, old and new, in one order.

Two events of a ticket are the same when all that the source told is the same; equal ones are counted, so that two
equal rows of one file stay two. Work happens in a scratch database, in these tables:

staged    what was read, as it was read
names     the names of all sources
tickets   the tickets of this source that were read, `known` where they are held
merged    all events of the touched tickets, in numbers
changed   the tickets whose events are not what they were
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from milepost.tickets.columns import FIELD_PREFIX, FIELD_TYPES, FieldType
from milepost.tickets.events import KEPT_COLUMNS, TOLD_COLUMNS
from milepost.tickets.store.manifest import Manifest, SourceFiles
from milepost.tickets.store.reading import MONTH, NAMES_COLUMNS, parquet, whole
from milepost.tickets.store.staging import SEPARATOR, Staged, read_csv

# Which kind of name each staged column holds. Whoever acts and whoever is assigned are both agents.
NAMED: Final = {
    "agent": "agent",
    "actor": "agent",
    "team": "team",
    "pipeline": "pipeline",
    "priority": "priority",
    "channel": "channel",
}
RESOLVED: Final = "('resolved', 'closed')"
# The columns of a ticket file, and those that the table has beside them.
TICKET_COLUMNS: Final = {
    "ticket": "BIGINT",
    "key": "VARCHAR",
    "created_at": "BIGINT",
    "removal": "VARCHAR",
    "survivor": "VARCHAR",
}
BESIDE: Final = {"month": "VARCHAR", "known": "BOOLEAN"}


@dataclass(frozen=True)
class Counts:
    """Tickets touched by a reading."""

    new: int
    updated: int
    unchanged: int

    @property
    def changed(self) -> int:
        """Tickets whose events are not what they were."""
        return self.new + self.updated


def event_columns(fields: dict[str, FieldType]) -> dict[str, str]:
    """Every column of an event file and its type, the named fields last."""
    named = {FIELD_PREFIX + name: FIELD_TYPES[kind] for name, kind in sorted(fields.items())}
    return {column.name: column.type for column in (*KEPT_COLUMNS, *TOLD_COLUMNS)} | named


def empty(columns: Mapping[str, str]) -> str:
    """A query without rows that has these columns."""
    return "SELECT " + ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in columns.items()) + " WHERE false"


def stage(db: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, held: SourceFiles, staged: Staged) -> None:
    """Load what was read, and give numbers to the names and tickets that are new."""
    db.execute(f"CREATE TABLE staged AS SELECT * FROM {read_csv(staged.file, staged.columns())}")
    _load_names(db, folder, manifest)
    _load_tickets(db, folder, held, "key IN (SELECT key FROM staged)")
    for column, kind in NAMED.items():
        _number(db, staged.source, kind, f"SELECT {column} AS text, line FROM staged")
    _number(db, staged.source, "tag", f"SELECT unnest(string_split(tags, '{SEPARATOR}')) AS text, line FROM staged")
    for name, kind in staged.fields.items():
        if kind is FieldType.TEXT:
            column = FIELD_PREFIX + name
            _number(db, staged.source, column, f"SELECT {column} AS text, line FROM staged")
    db.execute(
        f"""
        INSERT INTO tickets BY NAME
        SELECT *, {MONTH} AS month, false AS known
        FROM (
            SELECT ? - 1 + row_number() OVER (ORDER BY min(line)) AS ticket, key,
                   arg_min(created_at, line) AS created_at
            FROM staged WHERE key NOT IN (SELECT key FROM tickets) GROUP BY key
        )
        """,
        [manifest.next_ticket],
    )
    _load_events(db, "held", folder, held)


def merge(db: duckdb.DuckDBPyConnection, staged: Staged, *, now: int) -> Counts:
    """Make `merged` and `changed` from `staged` and the events that are held."""
    _tell(db, staged)
    columns = _told_columns(staged.fields)
    names = ", ".join(columns)
    # An event that both tell keeps the moment we first saw it; equal ones are told apart by how manieth they are.
    db.execute(
        f"""
        CREATE TABLE merged AS
        SELECT ticket, {names}, manieth, min(line) AS line, min(seq) AS was_seq, min(seen_at) AS seen_at,
               min(withdrawn_at) AS was_withdrawn_at,
               CASE WHEN min(line) IS NULL THEN min(withdrawn_at) END AS withdrawn_at,
               bool_or(inferred) AS inferred
        FROM (
            SELECT ticket, {names}, line, NULL AS seq, {now} AS seen_at, NULL AS withdrawn_at, false AS inferred,
                   row_number() OVER (PARTITION BY ticket, {names} ORDER BY line) AS manieth
            FROM told
            UNION ALL BY NAME
            SELECT ticket, {names}, NULL AS line, seq, seen_at, withdrawn_at, inferred,
                   row_number() OVER (PARTITION BY ticket, {names} ORDER BY withdrawn_at IS NOT NULL, seq) AS manieth
            FROM held
        )
        GROUP BY ticket, {names}, manieth
        """
    )
    if staged.whole or staged.anew:
        _withdraw(db, columns, history=staged.rules.history, now=now)
    _order(db, staged)
    db.execute(
        """
        CREATE TABLE changed AS
        SELECT DISTINCT ticket, month, was_held
        FROM (
            SELECT ticket FROM merged
            WHERE was_seq IS DISTINCT FROM seq OR was_withdrawn_at IS DISTINCT FROM withdrawn_at
        )
        JOIN (SELECT ticket, bool_or(was_seq IS NOT NULL) AS was_held FROM merged GROUP BY ticket) USING (ticket)
        JOIN tickets USING (ticket)
        """
    )
    ((new, updated, touched),) = db.execute(
        """
        SELECT count(*) FILTER (NOT was_held), count(*) FILTER (was_held), (SELECT count(DISTINCT ticket) FROM told)
        FROM changed
        """
    ).fetchall()
    db.execute("DELETE FROM merged WHERE ticket NOT IN (SELECT ticket FROM changed)")
    return Counts(new=new, updated=updated, unchanged=touched - new - updated)


def load_all(db: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, held: SourceFiles) -> int:
    """Make `merged` and `changed` of every ticket, to replay them all; how many there are."""
    _load_names(db, folder, manifest)
    _load_tickets(db, folder, held, "true")
    _load_events(db, "merged", folder, held)
    db.execute("CREATE TABLE changed AS SELECT ticket, month FROM tickets")
    ((tickets,),) = db.execute("SELECT count(*) FROM tickets").fetchall()
    return int(tickets)


def mark_removed(db: duckdb.DuckDBPyConnection) -> None:
    """Write to the changed tickets why they are out, and into which ticket they were merged."""
    db.execute(
        """
        UPDATE tickets SET removal = nullif(last.removal, 'restored'), survivor = last.survivor
        FROM (
            SELECT ticket, arg_max(removal, seq) AS removal,
                   CASE WHEN arg_max(removal, seq) = 'merged' THEN arg_max(coalesce(survivor, ''), seq) END AS survivor
            FROM (
                SELECT ticket, seq, survivor,
                       coalesce(removal, CASE WHEN status = 'deleted' THEN 'deleted'
                                              WHEN status IS NOT NULL THEN 'restored' END) AS removal
                FROM merged WHERE withdrawn_at IS NULL
            )
            WHERE removal IS NOT NULL GROUP BY ticket
        ) last
        WHERE tickets.ticket = last.ticket
        """
    )


def _load_names(db: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    db.execute(f"CREATE TABLE names ({NAMES_COLUMNS})")
    if manifest.names is not None:
        db.execute(f"INSERT INTO names SELECT * FROM {parquet(folder, manifest.names)}")


def _load_tickets(db: duckdb.DuckDBPyConnection, folder: Path, held: SourceFiles, chosen: str) -> None:
    """The table `tickets` of those held tickets of which a condition holds."""
    db.execute(f"CREATE TABLE tickets AS {empty(TICKET_COLUMNS | BESIDE)}")
    if held.months:
        rows = f"SELECT *, {MONTH} AS month, true AS known FROM ({whole(folder, [held], 'tickets')})"
        db.execute(f"INSERT INTO tickets BY NAME {rows} WHERE {chosen}")


def _load_events(db: duckdb.DuckDBPyConnection, table: str, folder: Path, held: SourceFiles) -> None:
    """A table of the held events of all tickets in `tickets`."""
    months = [month for (month,) in db.execute("SELECT DISTINCT month FROM tickets WHERE known").fetchall()]
    query = empty(event_columns(held.fields))
    if months:
        stored = whole(folder, [held.only(months)], "events")
        query += f" UNION ALL BY NAME SELECT * FROM ({stored}) SEMI JOIN tickets USING (ticket)"
    db.execute(f"CREATE TABLE {table} AS {query}")


def _number(db: duckdb.DuckDBPyConnection, source: str, kind: str, texts: str) -> None:
    """Give the next numbers of a kind to the texts that have none in this source, in the order they first appear."""
    db.execute(
        f"""
        INSERT INTO names
        SELECT ?, ?, (SELECT coalesce(max(number), 0) FROM names WHERE kind = ?)
                     + row_number() OVER (ORDER BY min(line), text), text
        FROM ({texts})
        WHERE text IS NOT NULL AND text != ''
          AND text NOT IN (SELECT text FROM names WHERE source = ? AND kind = ?)
        GROUP BY text
        """,
        [source, kind, kind, source, kind],
    )


def _tell(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """The table `told`: what was read as events in numbers, each ticket's creation first."""
    numbers = {column: f"n_{column}.number" for column in NAMED}
    joins = [_name_join(staged.source, kind, column) for column, kind in NAMED.items()]
    fields = {}
    for name, kind in staged.fields.items():
        column = FIELD_PREFIX + name
        fields[column] = f"n_{column}.number" if kind is FieldType.TEXT else f"staged.{column}"
        if kind is FieldType.TEXT:
            joins.append(_name_join(staged.source, column, column))
    selected = ", ".join(
        [f"CASE WHEN staged.{column} = '' THEN 0 ELSE {number} END AS {column}" for column, number in numbers.items()]
        + [f"{expression} AS {column}" for column, expression in fields.items()]
    )
    db.execute(
        f"""
        CREATE TABLE tag_numbers AS
        SELECT tags, list(number ORDER BY number) AS numbers
        FROM (SELECT DISTINCT tags, unnest(string_split(tags, '{SEPARATOR}')) AS text FROM staged
            WHERE tags IS NOT NULL)
        LEFT JOIN (SELECT text, number FROM names WHERE source = ? AND kind = 'tag') USING (text)
        GROUP BY tags
        """,
        [staged.source],
    )
    db.execute(
        f"""
        CREATE TABLE told AS
        SELECT tickets.ticket, staged.line, staged.created_at, staged.happened_at, 'update' AS kind, staged.message,
               staged.actor_kind, staged.status, staged.removal, staged.survivor, staged.score,
               list_filter(tag_numbers.numbers, x -> x IS NOT NULL) AS tags,
               {selected}
        FROM staged JOIN tickets USING (key) LEFT JOIN tag_numbers USING (tags) {" ".join(joins)}
        """
    )
    # A creation is not a row of a log: it stands in the row's own column. A ticket that is known keeps the one it has,
    # unless the source tells the whole ticket each time, or anew.
    unknown = "" if staged.whole or staged.anew else "AND ticket IN (SELECT ticket FROM tickets WHERE NOT known)"
    db.execute(
        f"""
        INSERT INTO told BY NAME
        SELECT * REPLACE (created_at AS happened_at, 'created' AS kind, NULL AS message, NULL AS status, -1 AS line,
                          NULL AS actor_kind, NULL AS actor, NULL AS removal, NULL AS survivor, NULL AS score)
        FROM told
        WHERE line IN (SELECT min(line) FROM told GROUP BY ticket) {unknown}
        """
    )


def _name_join(source: str, kind: str, column: str) -> str:
    return (
        f"LEFT JOIN names n_{column} ON n_{column}.source = '{source}' AND n_{column}.kind = '{kind}' "
        f"AND n_{column}.text = staged.{column}"
    )


def _told_columns(fields: Iterable[str]) -> list[str]:
    return [column.name for column in TOLD_COLUMNS] + [FIELD_PREFIX + name for name in sorted(fields)]


def _withdraw(db: duckdb.DuckDBPyConnection, columns: list[str], *, history: bool, now: int) -> None:
    """What a whole reading no longer tells is withdrawn.

    Without history, a resolution that vanished is a reopen, seen now; with history, a reopen would have been told.
    """
    if history:
        db.execute(f"UPDATE merged SET withdrawn_at = {now} WHERE line IS NULL AND withdrawn_at IS NULL")
        return
    vanished = f"""
        SELECT ticket FROM merged
        GROUP BY ticket
        HAVING bool_or(line IS NULL AND NOT inferred AND withdrawn_at IS NULL AND status IN {RESOLVED})
           AND NOT coalesce(bool_or(line IS NOT NULL AND status IN {RESOLVED}), false)
           AND NOT coalesce(max(happened_at) FILTER (inferred) >= max(happened_at) FILTER (status IN {RESOLVED}), false)
    """
    others = ", ".join(f"NULL AS {column}" for column in columns if column not in {"happened_at", "kind", "status"})
    db.execute(
        f"""
        INSERT INTO merged BY NAME
        SELECT ticket, {now} AS happened_at, 'update' AS kind, 'open' AS status, {others}, 1 AS manieth, NULL AS line,
               NULL AS was_seq, {now} AS seen_at, NULL AS was_withdrawn_at, NULL AS withdrawn_at, true AS inferred
        FROM ({vanished})
        """
    )
    db.execute(
        f"""
        UPDATE merged SET withdrawn_at = {now}
        WHERE line IS NULL AND NOT inferred AND withdrawn_at IS NULL AND NOT (
            status IN {RESOLVED}
            AND EXISTS (SELECT 1 FROM merged reopen WHERE reopen.ticket = merged.ticket AND reopen.inferred
                        AND reopen.happened_at >= merged.happened_at)
        )
        """
    )


def _order(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Number the events of each ticket anew.

    A file that tells all we hold of a ticket gives the order; a file that tells a part of it adds its events behind.
    A ticket table has no order but time.
    """
    order = "CASE WHEN covers THEN line ELSE coalesce(was_seq, 2147483647) END, line"
    if staged.whole:
        order = "happened_at, line IS NULL, line, was_seq"
    elif staged.anew:
        order = "line IS NULL, line, was_seq"
    db.execute(
        f"""
        CREATE OR REPLACE TABLE merged AS
        SELECT * EXCLUDE (line, manieth, covers),
               (row_number() OVER (PARTITION BY ticket ORDER BY kind != 'created', {order}))::INTEGER AS seq
        FROM (
            SELECT *, bool_and(line IS NOT NULL OR kind = 'created') OVER (PARTITION BY ticket) AS covers FROM merged
        )
        """
    )
