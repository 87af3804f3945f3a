"""What an Intercom is asked, and the form of its answers.

Three traits shape the questions. A search finds conversations by the second of a moment, but leaves out what happened
in them, so that each is asked for by itself. That answer tells the newest 500 parts of a conversation and no others.
The order of a search is documented for earlier versions alone, so that it is looked at.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of, told_apart

NAME: Final = "Intercom"
VERSION: Final = "2.14"
PAGE: Final = 150
# So many conversations are asked for together by their numbers.
TOGETHER: Final = 100
CREATED: Final = "created_at"
CHANGED: Final = "updated_at"

Row = dict[str, Any]


class Intercom:
    """One workspace, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def lets_in(self) -> None:
        """Ask who we are."""
        with answers_of(NAME):
            str(self._server.json("/me")["id"])

    @cached_property
    def admins(self) -> dict[str, Row]:
        """Everybody who has an account of the workspace now, by number."""
        page = self._server.json("/admins")
        with answers_of(NAME):
            return {str(row["id"]): dict(row) for row in page["admins"]}

    @cached_property
    def teams(self) -> dict[str, Row]:
        """The teams by their numbers, each with the numbers of its members."""
        page = self._server.json("/teams")
        with answers_of(NAME):
            return {str(row["id"]): dict(row) for row in page["teams"]}

    def team(self, number: str) -> str:
        """The name of a team; with its number where another one has the same name, or where it is gone."""
        with answers_of(NAME):
            return told_apart(self.teams, number)

    def count(self, since: int) -> int:
        """How many conversations were created since this moment."""
        page = self._search(_after(CREATED, since), 1)
        with answers_of(NAME):
            return int(page["total_count"])

    def newest(self, by: str) -> Row | None:
        """The conversation with the latest of these moments; None where there is none."""
        return next(iter(next(self._pages(by, _after(CREATED, 1) | _sorted(by, "descending"), -1))), None)

    def created_until(self, at: int) -> Iterator[list[Row]]:
        """Pages of conversations that were created up to this second, the newest first."""
        return self._pages(CREATED, _before(CREATED, at) | _sorted(CREATED, "descending"), -1)

    def changed_since(self, at: int) -> Iterator[list[Row]]:
        """Pages of conversations that changed from this second on, what changed first first."""
        return self._pages(CHANGED, _after(CHANGED, at) | _sorted(CHANGED, "ascending"), 1)

    def those(self, keys: Sequence[str]) -> set[str]:
        """Which of these conversations a search finds."""
        page = self._search({"query": {"field": "id", "operator": "IN", "value": list(keys)}}, PAGE)
        with answers_of(NAME):
            return {str(row["id"]) for row in page["conversations"]}

    def whole(self, number: int) -> Row | None:
        """A conversation with its parts; None where it is gone."""
        return self._server.maybe(f"/conversations/{number}")

    def is_gone(self, number: str) -> bool:
        """Whether there is no such conversation; one that may not be read is there."""
        try:
            return self._server.maybe(f"/conversations/{number}") is None
        except OutOfReach:
            return False

    def _pages(self, by: str, asked: Row, direction: int) -> Iterator[list[Row]]:
        following: Row = {}
        moments: list[int] = []
        while True:
            page = self._search(asked, PAGE, following)
            with answers_of(NAME):
                rows = [dict(row) for row in page["conversations"]]
                moments = [*moments[-1:], *(int(row[by]) * direction for row in rows)]
                if any(one > other for one, other in pairwise(moments)):
                    raise ValueError(f"{by} is in no order")
                yield rows
                following = (page.get("pages") or {}).get("next") or {}
            if not following:
                return

    def _search(self, asked: Row, size: int, following: Row | None = None) -> Any:
        after = {name: value for name, value in (following or {}).items() if name == "starting_after"}
        return self._server.json("/conversations/search", body=asked | {"pagination": {"per_page": size} | after})


def _after(name: str, at: int) -> Row:
    """From this second on: a bound itself is out."""
    return {"query": {"field": name, "operator": ">", "value": at - 1}}


def _before(name: str, at: int) -> Row:
    return {"query": {"field": name, "operator": "<", "value": at + 1}}


def _sorted(by: str, order: str) -> Row:
    return {"sort": {"field": by, "order": order}}
