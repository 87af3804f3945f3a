"""What a Help Scout is asked, and the form of its answers.

Four traits shape the questions. What lets us in is lent for two days. Lists come in counted pages of a size that the
server chooses, so that each goes on from the last moment of the page before: what changes meanwhile leaves its page.
A moment is a second there, and what is of one second is read until it comes twice alike. What happened in a
conversation is asked for by itself, for only that tells programs and people apart.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from milepost.connectors.http import Elsewhere, OutOfReach, Server
from milepost.connectors.reading import answers_of, iso, seconds, told_apart
from milepost.connectors.threads import CREATED, DELETED, Row

NAME: Final = "Help Scout"
# What lists are sorted by, and where a conversation tells that moment. The later name tells less, and is always there.
MODIFIED: Final = "modifiedAt"
CHANGED: Final = ("updatedAt", "userUpdatedAt")
# Where a conversation went that was merged.
OTHER: Final = re.compile(r"/v[23]/conversations/(\d+)(?:/threads)?/?")


class HelpScout:
    """One account, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def lets_in(self) -> None:
        """Ask who we are."""
        with answers_of(NAME):
            str(self._server.json("/v2/users/me")["id"])

    @cached_property
    def mailboxes(self) -> Mapping[str, Row]:
        """The inboxes, by number."""
        return self._named("/v2/mailboxes", "mailboxes")

    @cached_property
    def users(self) -> Mapping[str, Row]:
        """Everybody who has an account there, by number."""
        return self._named("/v2/users", "users")

    @cached_property
    def teams(self) -> Mapping[str, Row]:
        """The teams, by number; none where they may not be read, as an account may have no teams at all."""
        try:
            return self._named("/v2/teams", "teams")
        except OutOfReach:
            return {}

    @cached_property
    def present(self) -> frozenset[str]:
        """The conversations that lists tell; one may be missing that just moved."""
        asked = {"status": "all", "sortField": CREATED, "sortOrder": "asc"}
        pages = self._pages("/v2/conversations", "conversations", asked)
        with answers_of(NAME):
            return frozenset(str(row["id"]) for rows in pages for row in rows)

    def mailbox(self, number: str) -> str:
        """The name of an inbox; with its number where another one has the same name, or where it is gone."""
        return told_apart(self.mailboxes, number)

    def team(self, number: str) -> str:
        """The name of a team; with its number where another one has the same name."""
        return told_apart(self.teams, number)

    def members(self) -> Mapping[str, Sequence[str]]:
        """The names of the teams of each user."""
        found: dict[str, list[str]] = {}
        with answers_of(NAME):
            for number in self.teams:
                for user in self._named(f"/v2/teams/{number}/members", "users"):
                    found.setdefault(user, []).append(self.team(number))
        return {user: sorted(names) for user, names in found.items()}

    def count(self, since: int) -> int:
        """How many conversations were created since this moment."""
        page = self._ask(_created(iso(since), "*"), CREATED, "desc")
        with answers_of(NAME):
            return int(page["page"]["totalElements"])

    def newest(self, by: str) -> Row | None:
        """The conversation with the latest of these moments; None where there is none."""
        found = self._ask({}, by, "desc")
        with answers_of(NAME):
            rows = _rows(found, "conversations")
            _moments(rows, by, -1)
            return next(iter(rows), None)

    def created(self, since: int, until: int) -> Iterator[list[Row]]:
        """Conversations that were created from one second to another, the newest first."""
        return self._walk(until, CREATED, "desc", lambda at: _created(iso(since), iso(at)))

    def changed_since(self, at: int) -> Iterator[list[Row]]:
        """Conversations that changed from this second on, what changed first first; some come twice."""
        # Whether a bound itself is in is documented nowhere. What is before it is left out in any case.
        return self._walk(at, MODIFIED, "asc", lambda since: {"modifiedSince": iso(since - 1)})

    def threads(self, number: int) -> list[Row] | None:
        """What happened in a conversation; None where it is gone, be it into another one."""
        # The newest come first: what is written meanwhile moves an earlier one to the next page, too.
        found: dict[int, Row] = {}
        page = last = 1
        while page <= last:
            told = self._maybe(f"/v3/conversations/{number}/threads", {"page": str(page)}, str(number))
            if told is None:
                return None
            with answers_of(NAME):
                found |= {int(row["id"]): row for row in _rows(told, "threads")}
                page, last = page + 1, int(told["page"]["totalPages"])
        return list(found.values())

    def is_gone(self, number: str) -> bool:
        """Whether it is there no more, be it in another one; one that may not be read is there."""
        try:
            row = self._maybe(f"/v2/conversations/{number}", {}, number)
        except OutOfReach:
            return False
        with answers_of(NAME):
            return row is None or row["state"] == DELETED

    def _walk(self, at: int, by: str, order: str, asked: Callable[[int], Mapping[str, str]]) -> Iterator[list[Row]]:
        """Conversations from this second on; what follows is asked for from the last one of the page before on."""
        while True:
            rows, pages, is_last = self._reach(at, by, order, asked(at))
            while pages > 1 and _numbers(rows) != _numbers(again := self._reach(at, by, order, asked(at))[0]):
                # One of them changed between two pages, which hides the first one of the page after.
                rows = again
            yield rows
            if is_last:
                return
            with answers_of(NAME):
                at = moment(rows[-1], by)

    def _reach(self, at: int, by: str, order: str, asked: Mapping[str, str]) -> tuple[list[Row], int, bool]:
        """As many pages as it takes to get beyond this second, how many they are, and whether they are the last."""
        direction = 1 if order == "asc" else -1
        rows: list[Row] = []
        page = 0
        while True:
            page += 1
            found = self._ask({**asked, "page": str(page)}, by, order)
            with answers_of(NAME):
                rows += _rows(found, "conversations")
                moments = _moments(rows, by, direction)
                is_last = page >= int(found["page"]["totalPages"])
            if is_last or moments[-1] > at * direction:
                from_here = [row for row, one in zip(rows, moments, strict=True) if one >= at * direction]
                # How those of one second are sorted is not known.
                from_here.sort(key=lambda row: (moment(row, by), int(row["id"])), reverse=direction < 0)
                return from_here, page, is_last

    def _named(self, path: str, name: str) -> dict[str, Row]:
        with answers_of(NAME):
            return {str(row["id"]): row for rows in self._pages(path, name, {}) for row in rows}

    def _pages(self, path: str, name: str, asked: Mapping[str, str]) -> Iterator[list[Row]]:
        number = last = 1
        while number <= last:
            page = self._server.json(path, {**asked, "page": str(number)})
            with answers_of(NAME):
                yield _rows(page, name)
                number, last = number + 1, int(page["page"]["totalPages"])

    def _ask(self, asked: Mapping[str, str], by: str, order: str) -> Any:
        return self._server.json("/v2/conversations", {"status": "all", "sortField": by, "sortOrder": order, **asked})

    def _maybe(self, path: str, asked: Mapping[str, str], number: str) -> Any | None:
        """What is told of a conversation; None where there is none, or where it went into another one.

        Anything else that is elsewhere is no conversation: then the server is not the one that it was.
        """
        try:
            return self._server.maybe(path, asked)
        except Elsewhere as error:
            there, here = urlsplit(error.place), urlsplit(self._server.address)
            other = OTHER.fullmatch(there.path)
            if there.netloc == here.netloc and other and other[1] != number:
                return None
            raise


def moment(row: Row, by: str) -> int:
    """The second that lists are sorted by."""
    names = CHANGED if by == MODIFIED else (CREATED,)
    return seconds(next(filter(None, map(row.get, names)), None))


def _moments(rows: Sequence[Row], by: str, direction: int) -> list[int]:
    """The moments that a list is sorted by, which must go up, or down where the direction is -1."""
    moments = [moment(row, by) * direction for row in rows]
    if any(one > other for one, other in pairwise(moments)):
        raise ValueError(f"{by} is in no order")
    return moments


def _created(since: str, until: str) -> dict[str, str]:
    """What was created between these moments, both in."""
    return {"query": f"(createdAt:[{since} TO {until}])"}


def _numbers(rows: Sequence[Row]) -> list[int]:
    return [int(row["id"]) for row in rows]


def _rows(page: Any, name: str) -> list[Row]:
    """The rows of a page; where there are none, their list may be missing."""
    if int(page["page"]["totalElements"]) == 0:
        return []
    return [dict(row) for row in page["_embedded"][name]]
