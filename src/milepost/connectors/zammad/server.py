"""What a Zammad is asked, and the form of its answers.

Four traits shape the questions. A search by words asks an index, which is behind, ends at 10,000 tickets and may not be
there at all; a search by conditions asks the database, so that only these are used. Pages are counted, not continued,
so that each question goes on from the moment of the last ticket that was told. Lists leave out what happened to a
ticket, so that its articles and its history are asked for each. What was deleted and what may not be seen differ only
when a ticket is asked for by its number.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of

NAME: Final = "Zammad"
API: Final = "/api/v1"
PAGE: Final = 100
# So many agents are told at once; no list of them has more pages.
AGENTS: Final = 200
LONGEST: Final = 100
CREATED: Final = "created_at"
CHANGED: Final = "updated_at"

Row = dict[str, Any]


def milliseconds(text: object) -> int:
    """A moment as Zammad tells it, in milliseconds: tickets of one second must be told apart."""
    return round(datetime.fromisoformat(str(text)).timestamp() * 1000)


class Zammad:
    """One server, and the names that were looked up on it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._users: dict[int, Row | None] = {}

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    @property
    def rights(self) -> dict[str, frozenset[str]]:
        """The groups that the user of the token has rights in, by itself or by its roles, and which they are."""
        with answers_of(NAME):
            assets = self._me["assets"]
            user = assets["User"][str(self._me["id"])]
            roles = assets.get("Role") or {}
            held = [user, *(roles[str(role)] for role in user["role_ids"] if str(role) in roles)]
            found: dict[str, frozenset[str]] = {}
            for one in held:
                for group, rights in (one.get("group_ids") or {}).items():
                    found[group] = found.get(group, frozenset()) | frozenset(map(str, rights))
            return found

    @property
    def groups(self) -> set[str]:
        """The names of the groups that the user of the token may look into."""
        with answers_of(NAME):
            return {str(row["name"]) for row in (self._me["assets"].get("Group") or {}).values()}

    @cached_property
    def _me(self) -> Row:
        page = self._server.json(f"{API}/users/me", {"full": "true"})
        with answers_of(NAME):
            return dict(page)

    def count(self, since: int) -> int:
        """How many tickets were created since this moment, in milliseconds."""
        page = self._search({"condition": _after(CREATED, since), "only_total_count": True})
        if not isinstance(page, dict) or "total_count" not in page:
            raise SourceFailed(
                gettext_noop("This Zammad is too old. Version 6.5 and newer can be read."), permanent=True
            )
        with answers_of(NAME):
            return int(page["total_count"])

    def newest(self, by: str) -> Row | None:
        """The ticket with the latest of these moments; None where there is none."""
        asked = {"condition": _after(CREATED, 0)} | _sorted(by, "desc") | {"per_page": 1, "expand": True}
        return next(iter(self._rows(asked)), None)

    def before(self, at: int, key: int) -> Iterator[list[Row]]:
        """Pages of tickets that were created before this one, the newest first."""
        page = 1
        while rows := self._rows(_page(page) | {"condition": _before(CREATED, at)} | _sorted(CREATED, "desc")):
            places = _within(rows, CREATED, 0, at + 1)
            yield [row for row, place in zip(rows, places, strict=True) if place < (at, key)]
            last = min((at, key), places[-1])
            page = page + 1 if last[0] == at else 1
            at, key = last

    def after(self, at: int, key: int) -> Iterator[list[Row]]:
        """Pages of tickets that changed after this one did, what changed first first."""
        page = 1
        while rows := self._rows(_page(page) | {"condition": _after(CHANGED, at)} | _sorted(CHANGED, "asc")):
            places = _within(rows, CHANGED, at - 1, None)
            yield [row for row, place in zip(rows, places, strict=True) if place > (at, key)]
            last = max((at, key), places[-1])
            page = page + 1 if last[0] == at else 1
            at, key = last

    def those(self, keys: Sequence[str]) -> list[Row]:
        """Those of these tickets that can be seen."""
        asked = {"ids": [int(key) for key in keys], "condition": _after(CREATED, 0)}
        return self._rows(_page(1) | asked | _sorted(CREATED, "asc"))

    def articles(self, ticket: int) -> list[Row] | None:
        """The messages and notes of a ticket in their order; None where it is gone, or was moved out of sight."""
        return self._of_ticket(ticket, f"{API}/ticket_articles/by_ticket/{ticket}", {"expand": "true"})

    def history(self, ticket: int) -> list[Row] | None:
        """What happened to a ticket in its order; None as above."""
        page = self._of_ticket(ticket, f"{API}/ticket_history/{ticket}", {})
        if page is None:
            return None
        with answers_of(NAME):
            return list(page["history"])

    def is_gone(self, ticket: int) -> bool:
        """Whether there is no such ticket; one that was moved to where it may not be seen is there."""
        try:
            return self._server.maybe(f"{API}/tickets/{ticket}") is None
        except OutOfReach:
            return False

    def user(self, number: int) -> Row | None:
        """A user; None where it is deleted, or not to be seen."""
        if number not in self._users:
            try:
                self._users[number] = self._server.maybe(f"{API}/users/{number}", {"expand": "true"})
            except OutOfReach:
                self._users[number] = None
        return self._users[number]

    @cached_property
    def states(self) -> dict[str, Row]:
        """The states by their names, each with the name of its type."""
        rows = self._server.json(f"{API}/ticket_states", {"expand": "true"})
        with answers_of(NAME):
            return {str(row["name"]): dict(row) for row in rows}

    @cached_property
    def agents(self) -> dict[int, Row]:
        """Whoever may work tickets, by number."""
        return {int(row["id"]): row for row in self._agents()}

    def _agents(self) -> Iterator[Row]:
        for page in range(1, LONGEST + 1):
            asked = {"query": "*", "permissions": "ticket.agent", "expand": "true"}
            rows = self._server.json(f"{API}/users/search", asked | {"page": str(page), "per_page": str(AGENTS)})
            with answers_of(NAME):
                yield from map(dict, rows)
            if not rows:
                return

    def _of_ticket(self, ticket: int, path: str, asked: dict[str, str]) -> Any | None:
        """What is told of a ticket. That it cannot be read matters only while the ticket itself can be."""
        try:
            return self._server.maybe(path, asked)
        except OutOfReach:
            if self._is_in_sight(ticket):
                raise
            return None

    def _is_in_sight(self, ticket: int) -> bool:
        try:
            return self._server.maybe(f"{API}/tickets/{ticket}") is not None
        except OutOfReach:
            return False

    def _rows(self, asked: Row) -> list[Row]:
        rows = self._search(asked)
        with answers_of(NAME):
            return [dict(row) for row in rows]

    def _search(self, asked: Row) -> Any:
        return self._server.json(f"{API}/tickets/search", body=asked)


def _page(number: int) -> Row:
    return {"page": number, "per_page": PAGE, "expand": True}


def _sorted(by: str, direction: str) -> Row:
    """Tickets of one moment have an order too, so that none falls between two pages."""
    return {"sort_by": f"{by},id", "order_by": f"{direction},{direction}"}


def _within(rows: Sequence[Row], by: str, earliest: int, latest: int | None) -> list[tuple[int, int]]:
    """Where tickets stand in their order; refused if a condition was left out that Zammad does not understand."""
    with answers_of(NAME):
        places = [(milliseconds(row[by]), int(row["id"])) for row in rows]
        for at, number in places:
            if at < earliest or (latest is not None and at > latest):
                raise ValueError(f"{by} {number}")
        return places


def _after(name: str, at: int) -> Row:
    """From this moment on: versions differ in whether the bound itself is in."""
    return {f"ticket.{name}": {"operator": "after (absolute)", "value": _iso(max(at - 1, 0))}}


def _before(name: str, at: int) -> Row:
    return {f"ticket.{name}": {"operator": "before (absolute)", "value": _iso(at + 1)}}


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
