"""What a django-helpdesk is asked, and the form of its answers.

A page of tickets brings all that happened to them. What a query does not know is refused, not left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from milepost.connectors.http import Server
from milepost.connectors.reading import answers_of

NAME: Final = "django-helpdesk"

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some tickets, of so many that are asked for."""

    total: int
    tickets: Sequence[Row]


class Helpdesk:
    """One project, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    @cached_property
    def names(self) -> Row:
        """Who we are, and what the numbers of tickets stand for."""
        return dict(self._server.json("/"))

    @cached_property
    def agents(self) -> dict[str, Row]:
        """Who works tickets, or did, by their numbers."""
        with answers_of(NAME):
            return {str(row["id"]): row for row in self.names["agents"]}

    def below(self, number: int, created: str) -> Page:
        """Tickets of lower numbers, the highest first; created since this moment."""
        return self._page({"below": str(number), "created_from": created})

    def above(self, number: int, created: str, changed: str) -> Page:
        """Tickets of higher numbers, the lowest first; created since a moment and changed since another."""
        return self._page({"above": str(number), "created_from": created, "changed_from": changed})

    def those(self, keys: Sequence[str]) -> Page:
        """The tickets of these numbers."""
        return self._page({"ids": ",".join(keys)})

    def _page(self, asked: dict[str, str]) -> Page:
        with answers_of(NAME):
            page = self._server.json("/tickets", asked)
            return Page(int(page["total"]), list(page["tickets"]))
