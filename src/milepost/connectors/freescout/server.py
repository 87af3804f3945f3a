"""What a FreeScout is asked, and the form of its answers.

Three traits shape the questions. Lists come in counted pages, with all that happened in each conversation. They can be
asked for from a moment on, but not up to one, so that what is older comes by its number, and pages are asked for again
when fewer conversations are there than before. What changed is asked for from the last change of the page before on,
since a conversation that changes meanwhile leaves its page.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of, iso, seconds, told_apart

NAME: Final = "FreeScout"
API: Final = "/api"
# So many conversations come at once with their texts, and without.
PAGE: Final = 25
LONG_PAGE: Final = 500
CHANGED: Final = "updatedAt"
NUMBER: Final = "number"

Row = dict[str, Any]


class FreeScout:
    """One server, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    @cached_property
    def mailboxes(self) -> Mapping[str, Row]:
        """The mailboxes, by number."""
        return self._named("mailboxes")

    @cached_property
    def users(self) -> Mapping[str, Row]:
        """Everybody who has an account there, by number."""
        return self._named("users")

    @cached_property
    def present(self) -> frozenset[str]:
        """The numbers by which the conversations that are there are asked for; one may be missing that just moved."""
        pages = self._pages("conversations", _sorted(NUMBER, "desc") | {"pageSize": str(LONG_PAGE)})
        return frozenset(str(row["id"]) for rows in pages for row in rows)

    def mailbox(self, number: str) -> str:
        """The name of a mailbox; with its number where another one has the same name, or where it is gone."""
        return told_apart(self.mailboxes, number)

    def count(self, since: int) -> int:
        """How many conversations were created since this moment."""
        page = self._ask("conversations", {"createdSince": iso(since), "pageSize": "1"})
        with answers_of(NAME):
            return int(page["page"]["totalElements"])

    def newest(self, by: str) -> Row | None:
        """The conversation with the latest moment or the highest number; None where there is none."""
        page = self._ask("conversations", _sorted(by, "desc") | {"pageSize": "1"})
        return next(iter(_rows(page, "conversations")), None)

    def below(self, number: int, since: int, told: int) -> Iterator[list[Row]]:
        """Pages of conversations up to this number, created since a moment, the newest first; so many were told."""
        page, total = self._place(number, since, told), 0
        while True:
            found = self._numbered(page, since, {"embed": "threads,tags"})
            with answers_of(NAME):
                count, last = int(found["page"]["totalElements"]), int(found["page"]["totalPages"])
            if count < total and page > 1:
                # What was deleted meanwhile moved the others up, maybe out of the page that is asked for next.
                page, total = max(1, page - (total - count + PAGE - 1) // PAGE), count
                continue
            rows = _rows(found, "conversations")
            with answers_of(NAME):
                _in_order([-int(row[NUMBER]) for row in rows], NUMBER)
            yield rows
            if page >= last:
                return
            page, total = page + 1, count

    def changed_since(self, at: int) -> Iterator[list[Row]]:
        """Pages of conversations that changed from this second on, what changed first first; some come twice."""
        size = PAGE
        while True:
            asked = {"updatedSince": iso(at), "embed": "threads,tags", "pageSize": str(size)}
            found = self._ask("conversations", _sorted(CHANGED, "asc") | asked)
            rows = _rows(found, "conversations")
            with answers_of(NAME):
                moments, total = [seconds(row[CHANGED]) for row in rows], int(found["page"]["totalElements"])
                _in_order(moments, CHANGED)
            yield rows
            if len(rows) >= total:
                return
            before, at = at, moments[-1] if moments else at
            if at > before:
                size = PAGE
            elif len(rows) == size:
                # More than a page of one second can only be had at once.
                size *= 2
            else:
                with answers_of(NAME):
                    raise ValueError(f"{len(rows)} of {total}, pageSize {size}")

    def is_gone(self, number: str) -> bool:
        """Whether there is no such conversation; one that may not be read is there."""
        try:
            return self._server.maybe(f"{API}/conversations/{number}") is None
        except OutOfReach:
            return False

    def _place(self, number: int, since: int, told: int) -> int:
        """The page on which conversations up to this number begin, or one before it."""
        page = told // PAGE + 1
        while page > 1:
            rows = _rows(self._numbered(page, since, {}), "conversations")
            with answers_of(NAME):
                if rows and int(rows[0][NUMBER]) >= number:
                    return page
            page -= 1
        return page

    def _numbered(self, page: int, since: int, more: Mapping[str, str]) -> Any:
        asked = {"createdSince": iso(since), "page": str(page), "pageSize": str(PAGE)}
        return self._ask("conversations", {**_sorted(NUMBER, "desc"), **asked, **more})

    def _named(self, name: str) -> dict[str, Row]:
        with answers_of(NAME):
            return {str(row["id"]): row for rows in self._pages(name, {}) for row in rows}

    def _pages(self, name: str, asked: Mapping[str, str]) -> Iterator[list[Row]]:
        number = last = 1
        while number <= last:
            page = self._ask(name, {**asked, "page": str(number)})
            yield _rows(page, name)
            with answers_of(NAME):
                number, last = number + 1, int(page["page"]["totalPages"])

    def _ask(self, name: str, asked: Mapping[str, str]) -> Any:
        return self._server.json(f"{API}/{name}", asked)


def _rows(page: Any, name: str) -> list[Row]:
    with answers_of(NAME):
        return [dict(row) for row in page["_embedded"][name]]


def _in_order(values: list[int], name: str) -> None:
    if any(one > other for one, other in pairwise(values)):
        raise ValueError(f"{name} is in no order")


def _sorted(by: str, order: str) -> dict[str, str]:
    return {"sortField": by, "sortOrder": order}
