"""What the store holds of some tickets, told back in the words of their source."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import duckdb

from milepost.tickets.store.manifest import SourceFiles
from milepost.tickets.store.merging import NAMED
from milepost.tickets.store.reading import Store, whole

# What is told as it is kept; names stand in the store as numbers.
PLAIN: Final = ("message", "actor_kind", "status", "removal", "survivor", "score")
COLUMNS: Final = (*PLAIN, *NAMED)
KINDS: Final[tuple[Literal["tickets", "events"], ...]] = ("tickets", "events")


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event of the ticket `key`. In `columns` stands what was told; names are texts, an empty one is nobody."""

    key: str
    kind: str
    happened_at: int
    columns: Mapping[str, Any]


def told_events(store: Store, source: str, keys: Collection[str]) -> list[ToldEvent]:
    """The events held of the source's tickets with these keys: ticket by ticket, in their order, the creation first.

    Events that were withdrawn are left out; tags and named fields are not told. A source or key that is not known
    has none.
    """
    held = store.manifest().sources.get(source)
    if held is None or not held.months or not keys:
        return []

    def ask(db: duckdb.DuckDBPyConnection) -> list[ToldEvent]:
        db.execute("CREATE TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS key", [list(keys)])
        query = _query(store, store.manifest().sources[source])
        rows = db.execute(query, [source] * len(NAMED)).fetchall()
        return [ToldEvent(key, kind, at, _columns(told)) for key, kind, at, *told in rows]

    return store.read(ask)


def _columns(told: Collection[Any]) -> Mapping[str, Any]:
    return {name: value for name, value in zip(COLUMNS, told, strict=True) if value is not None}


def _query(store: Store, held: SourceFiles) -> str:
    of_tickets, of_events = (whole(store.folder, [held], kind) for kind in KINDS)
    names = ", ".join(f"CASE WHEN events.{column} = 0 THEN '' ELSE n_{column}.text END AS {column}" for column in NAMED)
    joins = " ".join(
        f"LEFT JOIN names n_{column} ON n_{column}.source = ? AND n_{column}.kind = '{kind}' "
        f"AND n_{column}.number = events.{column}"
        for column, kind in NAMED.items()
    )
    plain = ", ".join(f"events.{column}" for column in PLAIN)
    return (
        f"SELECT tickets.key, events.kind, events.happened_at, {plain}, {names} "
        f"FROM ({of_tickets}) tickets JOIN wanted USING (key) "
        f"JOIN ({of_events}) events USING (ticket) {joins} "
        "WHERE events.withdrawn_at IS NULL ORDER BY events.ticket, events.kind != 'created', events.seq"
    )
