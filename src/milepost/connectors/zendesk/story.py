"""What happened to a ticket, update by update, with what is taken of each and no text of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.zendesk.server import FIELDS, HOLDER, NAME, Row, Ticket, text

# What Zendesk puts on a ticket that was closed to go on as another one. Follow-ups of it are opened with it.
MERGED: Final = "closed_by_merge"
NUMBER: Final = re.compile(r"#(\d+)")
SCORES: Final = {"good": 100, "bad": 0}
COMMENTS: Final = frozenset({"Comment", "VoiceComment"})
CHANGES: Final = frozenset({"Create", "Change"})


@dataclass(frozen=True)
class Comment:
    """Somebody wrote something, or said it on the telephone."""

    author: str
    public: bool
    channel: str


@dataclass(frozen=True)
class Entry:
    """One update: who made it by which way, what stands in fields after it, and what stood in them before."""

    number: int
    at: int
    author: str
    channel: str
    why: str
    after: Mapping[str, str]
    before: Mapping[str, str]
    comment: Comment | None
    score: int | None
    merged: bool
    survivor: str

    @classmethod
    def of(cls, audit: Row) -> "Entry":
        """What is taken of an audit."""
        via, events = audit.get("via") or {}, audit["events"]
        source = via.get("source") or {}
        changes = [one for one in events if one["type"] in CHANGES and one["field_name"] in FIELDS]
        merged = any(map(_merges, events))
        return cls(
            number=int(audit["id"]),
            at=seconds(audit["created_at"]),
            author=text(audit.get("author_id")),
            channel=text(via.get("channel")),
            why=text(source.get("rel")),
            after={one["field_name"]: text(one.get("value")) for one in changes},
            before={
                one["field_name"]: text(one.get("previous_value"))
                for one in reversed(changes)
                if one["type"] == "Change"
            },
            comment=_comment(audit, events),
            score=_score(events),
            merged=merged,
            survivor=_survivor(source, events, int(audit["ticket_id"])) if merged else "",
        )


@dataclass(frozen=True)
class Story:
    """A ticket and what happened to it, the first update first."""

    ticket: Ticket
    entries: Sequence[Entry]

    @classmethod
    def of(cls, ticket: Ticket, audits: Iterable[Row]) -> "Story":
        """The story of a ticket; each audit is let go of when it is read."""
        with answers_of(NAME):
            return cls(ticket, sorted(map(Entry.of, audits), key=lambda one: (one.at, one.number)))

    @property
    def first(self) -> dict[str, str]:
        """What stood in its fields once it was opened: what its first update left, else what a later one replaced."""
        return {name: self._first(name) for name in FIELDS}

    @property
    def holders(self) -> set[str]:
        """Everybody who held it at any time."""
        told = (one for entry in self.entries for one in (entry.after, entry.before))
        return {one[HOLDER] for one in (*told, self.ticket.fields) if one.get(HOLDER)}

    def _first(self, name: str) -> str:
        for entry in self.entries:
            if name in entry.after:
                return entry.after[name] if entry is self.entries[0] else entry.before.get(name, entry.after[name])
        return self.ticket.fields[name]


def _comment(audit: Row, events: Sequence[Row]) -> Comment | None:
    for one in events:
        if one["type"] in COMMENTS:
            author = text(one.get("author_id") or audit.get("author_id"))
            # An event tells how it came where it came otherwise than the update.
            via = one.get("via") or audit.get("via") or {}
            return Comment(author, bool(one["public"]), text(via.get("channel")))
    return None


def _score(events: Sequence[Row]) -> int | None:
    """The rating of the customer, which may come with a comment."""
    told = [one.get("score") for one in events if one["type"] == "SatisfactionRating"]
    told += [one.get("value") for one in events if one["type"] in CHANGES and one["field_name"] == "satisfaction_score"]
    scores = (SCORES.get(text(value).partition("_")[0]) for value in told)
    return next((score for score in scores if score is not None), None)


def _merges(event: Row) -> bool:
    """Whether this update closed the ticket to go on as another one."""
    if event["type"] != "Change" or event["field_name"] != "tags":
        return False
    return MERGED in (event.get("value") or ()) and MERGED not in (event.get("previous_value") or ())


def _survivor(source: Row, events: Sequence[Row], number: int) -> str:
    """The ticket that it goes on as: told by the update itself, else by the first number in its comment."""
    for end in ("to", "from"):
        told = text((source.get(end) or {}).get("ticket_id"))
        if told and told != str(number):
            return told
    bodies = (str(one.get("body") or "") for one in events if one["type"] in COMMENTS)
    numbers = (found for body in bodies for found in NUMBER.findall(body))
    return next((found for found in numbers if found != str(number)), "")
