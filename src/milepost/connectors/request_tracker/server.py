"""What a Request Tracker is asked, and the form of its answers.

Three traits shape the questions. Search reads dates in the time zone of the user, so that moments are asked as minutes
ago. A user without rights on everything is told no totals of transactions, and gets pages with rows left out: only an
empty page is the last one. Merged and deleted tickets are in no search of tickets; transactions still tell of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from milepost.base import clock
from milepost.connectors.http import Server
from milepost.connectors.reading import answers_of

NAME: Final = "Request Tracker"
REST: Final = "/REST/2.0"
PAGE: Final = 50
TRANSACTIONS: Final = 100
GROUPS: Final = 100
# Notes are not asked for, nor e-mail that the system sent; an owner is told as Set, and as SetWatcher once more.
KINDS: Final = "(Type = 'Create' OR Type = 'Correspond' OR Type = 'Status' OR Type = 'Set' OR Type = 'AddLink')"
GONE: Final = "((Type = 'Status' AND NewValue = 'deleted') OR (Type = 'AddLink' AND Field = 'MergedInto'))"

Row = dict[str, Any]


class RequestTracker:
    """One server, and the names that were looked up on it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._queues: dict[str, str] = {}
        self._users: dict[str, Row] = {}

    @property
    def now(self) -> int:
        """The moment by the clock of the server, as it answered last."""
        return int((self._server.now or clock.now()).timestamp())

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def version(self) -> str:
        """The version; the first thing that is asked, since it needs no right."""
        with answers_of(NAME):
            return str(self._server.json(f"{REST}/rt")["Version"])

    def ago(self, moment: int) -> str:
        """A moment in the words of a search; a little before it rather than after."""
        return f"'{max((self.now - moment) // 60 + 1, 1)} minutes ago'"

    def count(self, query: str) -> int:
        """How many tickets a search finds."""
        page = self._server.json(f"{REST}/tickets", {"query": query, "per_page": "1"})
        with answers_of(NAME):
            return int(page["total"] or page["count"])

    def tickets(self, query: str, *, newest_first: bool, also: str = "") -> list[Row]:
        """A page of tickets by number."""
        asked = {
            "query": query,
            "fields": f"Created,Status,Owner,Queue,Priority,Requestor{also}",
            "fields[Owner]": "Name",
            "fields[Queue]": "Name",
            "orderby": "id",
            "order": "DESC" if newest_first else "ASC",
            "per_page": str(PAGE),
        }
        return _items(self._server.json(f"{REST}/tickets", asked))

    def ticket(self, number: int) -> Row | None:
        """A ticket by its number, deleted ones too; that into which it was merged; None where there is none."""
        row = self._server.maybe(f"{REST}/ticket/{number}")
        return row if isinstance(row, dict) else None

    def histories(self, numbers: Sequence[int]) -> dict[int, list[Row]]:
        """What happened to these tickets, each in the order of the transactions."""
        found: dict[int, list[Row]] = {number: [] for number in numbers}
        if numbers:
            those = " OR ".join(f"ObjectId = {number}" for number in numbers)
            for row in self.transactions(f"({those}) AND {KINDS}"):
                found[int(row["ObjectId"])].append(row)
        return found

    def transactions(self, query: str) -> Iterator[Row]:
        """The transactions of tickets that a search finds, in their order."""
        after = 0
        while True:
            asked = {
                "query": f"ObjectType = 'RT::Ticket' AND {query} AND id > {after}",
                "fields": "Type,ObjectId,Creator,Created,Field,OldValue,NewValue",
                "orderby": "id",
                "order": "ASC",
                "per_page": str(TRANSACTIONS),
            }
            page = _items(self._server.json(f"{REST}/transactions", asked))
            if not page:
                return
            yield from page
            after = int(page[-1]["id"])

    def queues(self) -> dict[str, str]:
        """The queues that can be seen, by their numbers."""
        if not self._queues:
            rows = self._all(f"{REST}/queues/all", {"fields": "Name"})
            self._queues = {str(row["id"]): str(row["Name"]) for row in rows}
        return self._queues

    def queue(self, number: str) -> str:
        """The name of a queue, also of one that cannot be seen any more."""
        return self.queues().get(number) or f"#{number}"

    def user(self, name: str) -> Row:
        """A user by name or number; nothing is known of one that is not there."""
        if name not in self._users:
            row = self._server.maybe(f"{REST}/user/{quote(name, safe='@')}")
            self._users[name] = row if isinstance(row, dict) else {}
        return self._users[name]

    def groups(self) -> Iterator[Row]:
        """The groups that people made, with their members where they are told."""
        query = '[{"field": "Domain", "value": "UserDefined"}]'
        for row in self._all(f"{REST}/groups", {"query": query, "fields": "Name"}):
            group = self._server.maybe(f"{REST}/group/{row['id']}")
            yield row | (group if isinstance(group, dict) else {})

    def _all(self, path: str, asked: dict[str, str]) -> Iterator[Row]:
        """Page after page until one is empty; a hundred pages at most."""
        for page in range(1, GROUPS + 1):
            rows = _items(self._server.json(path, asked | {"per_page": "100", "page": str(page)}))
            yield from rows
            if not rows:
                return


def numbers(rows: Iterable[Row]) -> list[int]:
    """The numbers of tickets."""
    return [int(row["id"]) for row in rows]


def _items(page: Any) -> list[Row]:
    with answers_of(NAME):
        return [dict(row, id=int(row["id"])) if str(row["id"]).isdigit() else dict(row) for row in page["items"]]
