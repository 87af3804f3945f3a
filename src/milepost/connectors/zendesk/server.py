"""What a Zendesk account is asked, and the form of its answers.

Five traits shape the questions. Lists leave out tickets that were closed long ago, while searches and the export have
them. A search ends at 1,000 tickets, so that none goes beyond its first page: the next one asks for what was created
before. The export tells tickets in the order in which they changed, and leaves out the last minute. Neither tells what
happened to a ticket, so that its audits are asked for by its number. Answers hold texts of customers: of a ticket and
of an audit only what is named here is taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of, iso, seconds

NAME: Final = "Zendesk"
PAGE: Final = 100
# No list has more pages: of names, of deleted tickets, of what happened to one ticket.
LONGEST: Final = 1_000

FORM: Final = "ticket_form_id"
BRAND: Final = "brand_id"
GROUP: Final = "group_id"
STATUS: Final = "status"
CUSTOM: Final = "custom_status_id"
HOLDER: Final = "assignee_id"
PRIORITY: Final = "priority"
REQUESTER: Final = "requester_id"
FIELDS: Final = (STATUS, CUSTOM, HOLDER, GROUP, FORM, BRAND, PRIORITY, REQUESTER)

Row = dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands now; `changed` is when it changed last, in the order of the export."""

    number: int
    created: int
    changed: int
    channel: str
    fields: Mapping[str, str]

    @classmethod
    def of(cls, row: Row) -> "Ticket":
        """What is taken of a ticket."""
        with answers_of(NAME):
            changed = row.get("generated_timestamp") or seconds(row["updated_at"])
            channel = str((row.get("via") or {}).get("channel") or "")
            fields = {name: text(row.get(name)) for name in FIELDS}
            return cls(int(row["id"]), seconds(row["created_at"]), int(changed), channel, fields)

    @property
    def is_deleted(self) -> bool:
        """Whether it is told as a deleted one."""
        return self.fields[STATUS] == "deleted"


@dataclass(frozen=True)
class Page:
    """A part of the export, where it goes on, and whether there is more by now."""

    tickets: Sequence[Ticket]
    cursor: str
    more: bool


class Zendesk:
    """One account, and the names that were looked up in it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def who_we_are(self) -> Row:
        """The user of the token."""
        return dict(self._of(self._server.json("/api/v2/users/me"), "user"))

    def scopes(self) -> frozenset[str]:
        """What an OAuth token may do."""
        token = self._of(self._server.json("/api/v2/oauth/tokens/current"), "token")
        with answers_of(NAME):
            return frozenset(map(str, token["scopes"]))

    def count(self, since: int) -> int:
        """How many tickets were created since this moment."""
        return int(self._of(self._server.json("/api/v2/search/count", {"query": _tickets(since)}), "count"))

    def newest(self, by: str, since: int) -> Ticket | None:
        """The ticket that was created last, or the one that changed last; None where there is none."""
        return next(iter(self._search(_tickets(since), by, 1)), None)

    def before(self, end: int, since: int) -> list[Ticket]:
        """Tickets that were created before this moment, the newest first; all of a second or none of it."""
        found = self._search(f"{_tickets(since)} created<{iso(end)}", "created_at", PAGE)
        if len(found) == PAGE:
            last = found[-1].created
            found = [one for one in found if one.created > last] or list(self._second(last))
        return sorted(found, key=lambda one: (one.created, one.number), reverse=True)

    def changed(self, cursor: str, start: int) -> Page:
        """What changed since the cursor of the export; without one, since the start."""
        asked = {"cursor": cursor} if cursor else {"start_time": str(start)}
        page = self._server.json("/api/v2/incremental/tickets/cursor", asked)
        tickets = [Ticket.of(row) for row in self._of(page, "tickets")]
        more = not self._of(page, "end_of_stream")
        return Page(tickets, str(page.get("after_cursor") or cursor), more)

    def audits(self, number: int) -> Iterator[Row]:
        """What happened to a ticket, update by update; nothing where it is gone meanwhile."""
        return self._all(f"/api/v2/tickets/{number}/audits", "audits", {})

    @cached_property
    def deleted(self) -> frozenset[str]:
        """The numbers of the tickets that were deleted within the last 30 days."""
        with answers_of(NAME):
            return frozenset(str(row["id"]) for row in self._all("/api/v2/deleted_tickets", "deleted_tickets", {}))

    @cached_property
    def agents(self) -> dict[str, Row]:
        """Who may work tickets by their numbers; suspended users, too."""
        with answers_of(NAME):
            return {
                str(row["id"]): _user(row)
                for role in ("agent", "admin")
                for row in self._all("/api/v2/users", "users", {"role": role})
            }

    def users(self, numbers: Sequence[str]) -> Iterator[tuple[str, Row]]:
        """Users of these numbers, as far as they are told."""
        for start in range(0, len(numbers), PAGE):
            asked = {"ids": ",".join(numbers[start : start + PAGE])}
            with answers_of(NAME):
                for row in self._of(self._server.json("/api/v2/users/show_many", asked), "users"):
                    yield str(row["id"]), _user(row)

    @cached_property
    def groups(self) -> dict[str, str]:
        """The names of the groups by their numbers; deleted ones, too."""
        return self._named("/api/v2/groups", "groups", {"exclude_deleted": "false"})

    @cached_property
    def memberships(self) -> list[tuple[str, str]]:
        """Which user is in which group."""
        with answers_of(NAME):
            rows = self._all("/api/v2/group_memberships", "group_memberships", {})
            return [(str(row["user_id"]), str(row["group_id"])) for row in rows]

    @cached_property
    def forms(self) -> dict[str, str]:
        """The names of the ticket forms by their numbers; none where the plan has no forms."""
        try:
            page = self._server.maybe("/api/v2/ticket_forms") or {"ticket_forms": []}
        except OutOfReach:
            return {}
        with answers_of(NAME):
            return {str(row["id"]): str(row["name"]) for row in page["ticket_forms"]}

    @cached_property
    def brands(self) -> dict[str, str]:
        """The names of the brands by their numbers."""
        return self._named("/api/v2/brands", "brands", {})

    @cached_property
    def statuses(self) -> dict[str, Row]:
        """The custom statuses by their numbers; none where they are not turned on."""
        page = self._server.maybe("/api/v2/custom_statuses") or {"custom_statuses": []}
        with answers_of(NAME):
            return {str(row["id"]): dict(row) for row in self._of(page, "custom_statuses")}

    def _search(self, query: str, by: str, most: int) -> list[Ticket]:
        asked = {"query": f"type:ticket {query}", "sort_by": by, "sort_order": "desc", "per_page": str(most)}
        return [Ticket.of(row) for row in self._of(self._server.json("/api/v2/search", asked), "results")]

    def _second(self, at: int) -> Iterator[Ticket]:
        """All tickets that were created in this second, however many: imports make thousands of one moment."""
        query = f"created>={iso(at)} created<{iso(at + 1)}"
        return map(Ticket.of, self._all("/api/v2/search/export", "results", {"query": query, "filter[type]": "ticket"}))

    def _named(self, path: str, what: str, asked: Mapping[str, str]) -> dict[str, str]:
        with answers_of(NAME):
            return {str(row["id"]): str(row["name"]) for row in self._all(path, what, asked)}

    def _all(self, path: str, what: str, asked: Mapping[str, str]) -> Iterator[Row]:
        """Page after page of a list; nothing where there is no such list."""
        after: dict[str, str] = {}
        for _ in range(LONGEST):
            page = self._server.maybe(path, {**asked, "page[size]": str(PAGE), **after})
            if page is None:
                return
            yield from self._of(page, what)
            meta = self._of(page, "meta")
            if not meta["has_more"]:
                return
            after = {"page[after]": str(meta["after_cursor"])}

    @staticmethod
    def _of(page: Any, what: str) -> Any:
        with answers_of(NAME):
            return page[what]


def text(value: object) -> str:
    """What stands in a field; nothing where nobody or nothing does."""
    return "" if value is None else str(value)


def _tickets(since: int) -> str:
    return f"created>={iso(since)}"


def _user(row: Row) -> Row:
    """What is taken of a user."""
    active = bool(row.get("active", True)) and not row.get("suspended")
    return {"name": str(row.get("name") or ""), "email": str(row.get("email") or ""), "active": active}
