"""The fact table: every column, its type and its meaning. `docs/reference/facts.md` explains the rules behind it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a fact is: an act (an instant) or a state (a stretch)."""

    CREATED = "created"
    ASSIGNMENT = "assignment"
    TRANSFER = "transfer"
    FIRST_REPLY = "first_reply"
    REPLY = "reply"
    RESOLUTION = "resolution"
    REOPEN = "reopen"
    RATING = "rating"
    OPEN = "open"
    AWAITING = "awaiting"
    WAITING = "waiting"


STATES: Final = frozenset({Kind.OPEN, Kind.AWAITING, Kind.WAITING})
ACTS: Final = tuple(kind for kind in Kind if kind not in STATES)


class Category(StrEnum):
    """What a status of a help desk means. Formulas know only these."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DELETED = "deleted"


class FieldType(StrEnum):
    """What a further column of a file holds."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the fact table; `type` is a DuckDB type."""

    name: str
    type: str
    meaning: str


FACT_COLUMNS: Final = (
    Column("ticket", "BIGINT", "our own number of the ticket"),
    Column("kind", "VARCHAR", "the act or the state"),
    Column("nth", "INTEGER", "how manieth of its kind; open and awaiting: of the open spells; null: no history"),
    Column("happened_at", "BIGINT", "UTC seconds: when the act happened or the state began"),
    Column("ended_at", "BIGINT", "UTC seconds: no longer stands since; null: still stands"),
    Column("counts_from", "BIGINT", "UTC seconds: counts from then on"),
    Column("counts_until", "BIGINT", "UTC seconds: out since (merged, deleted, spam); null: still counts"),
    Column("agent", "INTEGER", "number of the agent credited; -1: automation; null: nobody"),
    Column("team", "INTEGER", "number of the ticket's group then; null: no group"),
    Column("pipeline", "INTEGER", "number of the pipeline then; null: not told"),
    Column("priority", "INTEGER", "number of the priority then; null: not told"),
    Column("channel", "INTEGER", "number of the channel then; null: not told"),
    Column("status", "VARCHAR", "states only: the category of the status"),
    Column("calendar", "INTEGER", "states only: the business calendar; null: every hour counts"),
    Column("calendar_seconds", "BIGINT", "the clock at happened_at, in calendar time"),
    Column("business_seconds", "BIGINT", "the same in business time"),
    Column("calendar_work", "BIGINT", "part of it in new or open"),
    Column("business_work", "BIGINT", "the same in business time"),
    Column("calendar_hold", "BIGINT", "part of it on hold"),
    Column("business_hold", "BIGINT", "the same in business time"),
    Column("calendar_customer", "BIGINT", "part of it waiting for the customer"),
    Column("business_customer", "BIGINT", "the same in business time"),
    Column("replies", "INTEGER", "resolutions: public human replies before it; null: no messages known"),
    Column("score", "INTEGER", "ratings: the score, 0 to 100"),
    Column("tags", "INTEGER[]", "numbers of the tags then; null: not told"),
)

# The agent of an act that a machine did where no person held the ticket. Numbers of people begin at 1.
AUTOMATION: Final = -1

# Field columns follow, one for each named field of a mapping: text as a number of the names, dates as UTC seconds.
FIELD_PREFIX: Final = "field_"
FIELD_TYPES: Final = {
    FieldType.TEXT: "INTEGER",
    FieldType.NUMBER: "DOUBLE",
    FieldType.DURATION: "BIGINT",
    FieldType.DATE: "BIGINT",
}
