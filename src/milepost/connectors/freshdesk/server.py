"""What a Freshdesk account is asked, and the form of its answers.

Four traits shape the questions. A list ends at its 300th page, and can begin at a change but not at a creation. Pages
move while they are read, so that lists of changes go on by the moment of the last one, not by page. What is deleted or
spam stands in lists of its own. Nothing tells the history of a ticket; what was written in it is asked for by its
number. Answers hold texts of customers: only what is named here is taken of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of, iso, maybe_seconds, seconds

NAME: Final = "Freshdesk"
PAGE: Final = 100
# No list has more pages.
LAST: Final = 300
# The first reply of a person is among so many pages of what was written, or is told without its author.
WRITTEN: Final = 10
# The lists in which what is gone stands.
DELETED: Final = "deleted"
SPAM: Final = "spam"

PRODUCT: Final = "product_id"
TYPE: Final = "type"
GROUP: Final = "group_id"

Row = dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands now. Of its past it tells the first reply, and when it was reopened and resolved last."""

    number: int
    created: int
    changed: int
    status: str
    since: int
    replied: int | None
    reopened: int | None
    resolved: int | None
    closed: int | None
    agent: str
    requester: str
    priority: str
    channel: str
    divisions: Mapping[str, str]
    gone: bool

    @classmethod
    def of(cls, row: Row) -> "Ticket":
        """What is taken of a ticket."""
        with answers_of(NAME):
            stats = row.get("stats") or {}
            changed = seconds(row["updated_at"])
            return cls(
                number=int(row["id"]),
                created=seconds(row["created_at"]),
                changed=changed,
                status=text(row["status"]),
                since=maybe_seconds(stats.get("status_updated_at")) or changed,
                replied=maybe_seconds(stats.get("first_responded_at")),
                reopened=maybe_seconds(stats.get("reopened_at")),
                resolved=maybe_seconds(stats.get("resolved_at")),
                closed=maybe_seconds(stats.get("closed_at")),
                agent=text(row.get("responder_id")),
                requester=text(row.get("requester_id")),
                priority=text(row.get("priority")),
                channel=text(row.get("source")),
                divisions={name: text(row.get(name)) for name in (PRODUCT, TYPE, GROUP)},
                gone=bool(row.get("deleted") or row.get("spam")),
            )


class Freshdesk:
    """One account, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def who_we_are(self) -> Row:
        """The agent of the key."""
        return dict(self._server.json("/api/v2/agents/me"))

    def roles(self) -> list[Row]:
        """The roles; none where the key may not see them."""
        return self._maybe_all("/api/v2/roles")

    def count(self, day: str) -> int:
        """How many tickets were created since this day, as far as a search knows."""
        page = self._server.json("/api/v2/search/tickets", {"query": f"\"created_at:>'{day}'\""})
        with answers_of(NAME):
            return int(page["total"])

    def newest(self) -> Ticket | None:
        """The ticket that changed last; None where there is none."""
        asked = {"order_by": "updated_at", "order_type": "desc", "per_page": "1", "updated_since": iso(0)}
        return next(iter(self._tickets(asked)), None)

    def by_creation(self, page: int, since: int) -> list[Ticket]:
        """A page of tickets, the newest first, of all that changed since."""
        asked = {"order_by": "created_at", "order_type": "desc", "updated_since": iso(since), "page": str(page)}
        return self._tickets(asked | {"per_page": str(PAGE)})

    def by_change(self, since: int, which: str = "") -> Iterator[list[Ticket]]:
        """Pages of tickets that changed since, the one that changed first first; of those that stand in such a list.

        Each page begins at the moment at which the one before ended, since what changes meanwhile moves to the end.
        """
        page, known = 1, frozenset[tuple[int, int]]()
        while True:
            asked = {"order_by": "updated_at", "order_type": "asc", "updated_since": iso(since), "page": str(page)}
            rows = self._tickets(asked | {"per_page": str(PAGE)} | ({"filter": which} if which else {}))
            yield [one for one in rows if (one.number, one.changed) not in known]
            if len(rows) < PAGE:
                return
            known |= {(one.number, one.changed) for one in rows}
            if rows[-1].changed > since:
                since, page = rows[-1].changed, 1
                known = frozenset(one for one in known if one[1] == since)
            else:
                since, page = (since, page + 1) if page < LAST else (since + 1, 1)

    def ticket(self, number: int) -> Ticket | None:
        """A ticket as it stands now; None where there is none."""
        row = self._server.maybe(f"/api/v2/tickets/{number}", {"include": "stats"})
        return None if row is None else Ticket.of(row)

    def written(self, number: int) -> Iterator[Row]:
        """What was written in a ticket after it was opened, the first first, without its text."""
        kept = ("incoming", "private", "user_id", "source", "automation_id", "auto_response", "created_at")
        for row in self._all(f"/api/v2/tickets/{number}/conversations", {}, most=WRITTEN):
            with answers_of(NAME):
                told = {name: row.get(name) for name in kept}
            yield told

    def ratings(self, number: int) -> list[Row]:
        """How the customer rated a ticket."""
        return self._maybe_all(f"/api/v2/tickets/{number}/satisfaction_ratings")

    @cached_property
    def surveys(self) -> bool:
        """Whether any customer ever answered a survey; without it no ticket is asked for its ratings."""
        return bool(self.rated(0, most=1))

    def rated(self, since: int, *, most: int = LAST) -> list[int]:
        """The tickets that were rated since, of so many pages; none where the account asks nobody."""
        rows = self._maybe_all("/api/v2/surveys/satisfaction_ratings", {"created_since": iso(since)}, most=most)
        with answers_of(NAME):
            return sorted({int(row["ticket_id"]) for row in rows})

    @cached_property
    def agents(self) -> dict[str, Row]:
        """Who works tickets by their numbers."""
        with answers_of(NAME):
            return {str(row["id"]): _agent(row) for row in self._all("/api/v2/agents", {})}

    @cached_property
    def groups(self) -> dict[str, Row]:
        """The groups by their numbers, with the numbers of their agents."""
        with answers_of(NAME):
            return {str(row["id"]): _group(row) for row in self._all("/api/v2/groups", {})}

    @cached_property
    def products(self) -> dict[str, str]:
        """The names of the products by their numbers; none where there are none."""
        with answers_of(NAME):
            return {str(row["id"]): str(row["name"]) for row in self._maybe_all("/api/v2/products")}

    @cached_property
    def statuses(self) -> dict[str, str]:
        """What agents call the statuses, by their numbers."""
        return {number: text(names[0]) for number, names in self._choices("default_status").items()}

    @cached_property
    def types(self) -> list[str]:
        """The types of tickets."""
        return list(map(str, self._choices("default_ticket_type")))

    def _choices(self, kind: str) -> Any:
        """What may stand in a field of this kind; nothing where there is no such field."""
        with answers_of(NAME):
            return next((row["choices"] for row in self._fields if row["type"] == kind), {})

    @cached_property
    def _fields(self) -> list[Row]:
        return list(self._server.json("/api/v2/ticket_fields"))

    def _tickets(self, asked: Mapping[str, str]) -> list[Ticket]:
        return [Ticket.of(row) for row in self._server.json("/api/v2/tickets", {**asked, "include": "stats"})]

    def _maybe_all(self, path: str, asked: Mapping[str, str] | None = None, *, most: int = LAST) -> list[Row]:
        """The same; nothing where the plan of the account has no such list, or the key may not see it."""
        try:
            return list(self._all(path, asked or {}, most=most))
        except OutOfReach:
            return []

    def _all(self, path: str, asked: Mapping[str, str], *, most: int = LAST) -> Iterator[Row]:
        """Page after page of a list; nothing where there is no such list."""
        for page in range(1, most + 1):
            rows = self._server.maybe(path, {**asked, "per_page": str(PAGE), "page": str(page)}) or []
            yield from rows
            if len(rows) < PAGE:
                return


def text(value: object) -> str:
    """What stands in a field; nothing where nobody or nothing does."""
    return "" if value is None else str(value)


def _agent(row: Row) -> Row:
    """What is taken of an agent."""
    contact = row["contact"]
    active = bool(contact.get("active", True)) and not row.get("deactivated")
    return {"name": text(contact.get("name")), "email": text(contact.get("email")), "active": active}


def _group(row: Row) -> Row:
    members: Iterable[object] = row.get("agent_ids") or ()
    return {"name": str(row["name"]), "agents": frozenset(map(str, members))}
