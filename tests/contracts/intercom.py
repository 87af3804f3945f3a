"""A strict Intercom on this machine, made from what Intercom documents; refuses what it does not know."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import StrictDesk

VERSION: Final = "2.14"
FIN, READER, CELINA, DAWID = 1, 2, 11, 12
ADMINS: Final = {"celina": CELINA, "dawid": DAWID}
TEAMS: Final = {1: "Support", 2: "Billing"}
PARTS: Final = {"open": "open", "resolved": "close", "feedback": "snoozed"}
STATES: Final = {"open": "open", "close": "closed", "snoozed": "snoozed"}
SEARCHED: Final = {"query", "sort", "pagination"}
# What is handed out at once, and how many parts of a conversation are told.
MOST, LAST = 150, 500


@dataclass
class StrictIntercom(StrictDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    parts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # Conversations that the index of the search does not have yet.
    late: set[int] = field(default_factory=set)
    # Whoever has a seat in the inbox, and who has an account at all.
    seats: tuple[int, ...] = (CELINA, DAWID)
    admins: tuple[int, ...] = (CELINA, DAWID, READER)
    most: int = MOST
    sorts: bool = True
    # A page goes on with the question of the first one.
    pages: dict[str, tuple[dict[str, Any], int]] = field(default_factory=dict)
    next_number: int = 1

    make = "intercom"
    # A team is where conversations lie, and who works them.
    teams = ("Billing", "Support")
    # Every conversation is asked for by itself: those that changed last come again with what changed.
    most_asked = 70
    # What a token may do is told nowhere.
    warns_of_writing = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    def opens(self, *, queue: str = "1", by: str = "carol", delivered_as: str = "customer_initiated") -> str:
        """A customer writes, and a rule gives the conversation to a team."""
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "type": "conversation",
            "id": str(number),
            "created_at": self._moment(),
            "updated_at": self._moment(),
            "title": "Where is my parcel?",
            "source": {
                "type": "email",
                "id": "3",
                "delivered_as": delivered_as,
                "body": "<p>Where is it?</p>",
                "author": self._author(by),
            },
            "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "5ba6"}]},
            "state": "open",
            "open": True,
            "priority": "not_priority",
            "admin_assignee_id": None,
            "team_assignee_id": None,
            "conversation_rating": None,
            "statistics": {"type": "conversation_statistics", "last_close_at": None, "last_assignment_at": None},
        }
        self.parts[number] = []
        if queue:
            self.moves(str(number), queue, by="system")
        return str(number)

    def writes(
        self, ticket: str, *, by: str, kind: str = "comment", body: str | None = "<p>…</p>", **more: Any
    ) -> None:
        """A part."""
        one = self.tickets[int(ticket)]
        part: dict[str, Any] = {
            "type": "conversation_part",
            "id": str(self.next_number),
            "part_type": kind,
            "body": body,
            "created_at": self._moment(),
            "updated_at": self._moment(),
            "notified_at": self._moment(),
            "assigned_to": None,
            "author": self._author(by),
            "attachments": [],
        }
        self.next_number += 1
        self.parts[int(ticket)].append(part | more)
        one["updated_at"] = self._moment()
        one["state"] = STATES.get(kind, "open" if by == "carol" else one["state"])
        one["statistics"] |= {"last_close_at": self._moment()} if kind == "close" else {}

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A message that the customer sees."""
        self.writes(ticket, by=by)

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.writes(ticket, by=by, kind="note")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the conversation again."""
        self.writes(ticket, by="carol")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person; the team stays."""
        self.tickets[int(ticket)]["admin_assignee_id"] = ADMINS[to]
        self._assigned(ticket, by, {"type": "admin", "id": str(ADMINS[to])})

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another team."""
        self.tickets[int(ticket)]["team_assignee_id"] = queue
        self._assigned(ticket, by, {"type": "team", "id": queue})

    def becomes(self, ticket: str, status: str, *, by: str, body: str | None = None) -> None:
        """Another state."""
        self.writes(ticket, by=by, kind=PARTS[status], body=body)

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.tickets[int(ticket)]

    def _assigned(self, ticket: str, by: str, to: dict[str, Any]) -> None:
        self.writes(ticket, by=by, kind="assignment", body=None, assigned_to=to)
        self.tickets[int(ticket)]["statistics"]["last_assignment_at"] = self._moment()

    def _moment(self) -> int:
        return int(self.now.timestamp())

    @staticmethod
    def _author(name: str) -> dict[str, Any]:
        if name == "carol":
            return {"type": "user", "id": "5ba6", "name": "Carol", "email": "carol@example.net"}
        if name == "system":
            return {"type": "bot", "id": str(FIN), "name": "Fin", "email": "operator@example.org"}
        return {"type": "admin", **_named(ADMINS[name]), "from_ai_agent": False}

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return Response('{"type": "error.list", "errors": [{"code": "unauthorized"}]}', status=401)
        assert request.headers["Intercom-Version"] == VERSION
        if self.answers:
            return self.answers.pop(0)
        try:
            document = self._document(request)
        except NotFound:
            return Response('{"type": "error.list", "errors": [{"code": "not_found"}]}', status=404)
        return Response(json.dumps(document), content_type="application/json")

    def _document(self, request: Request) -> Any:
        assert dict(request.args) == {}
        match request.method, request.path.split("/")[1:]:
            case "POST", ["conversations", "search"]:
                return self._search(request.get_json())
            case "GET", ["conversations", number]:
                return self._whole(int(number))
            case "GET", ["me"]:
                return {"type": "admin", **_named(READER), "app": {"type": "app", "region": "EU"}}
            case "GET", ["admins"]:
                rows = [{"type": "admin", **_named(one), "has_inbox_seat": one in self.seats} for one in self.admins]
                return {"type": "admin.list", "admins": rows}
            case "GET", ["teams"]:
                members = {1: [CELINA], 2: [DAWID]}
                rows = [
                    {"type": "team", "id": str(one), "name": name, "admin_ids": members[one]}
                    for one, name in TEAMS.items()
                ]
                return {"type": "team.list", "teams": rows}
        raise AssertionError(request.method, request.path)

    def _search(self, asked: dict[str, Any]) -> Any:
        assert set(asked) <= SEARCHED, asked
        pagination = asked.pop("pagination")
        assert not set(pagination) - {"per_page", "starting_after"}
        assert 1 <= pagination["per_page"] <= MOST
        same, start = self.pages[pagination["starting_after"]] if "starting_after" in pagination else (asked, 0)
        assert same == asked, "A page goes on with another question."
        found = self._found(asked)
        end = start + min(pagination["per_page"], self.most)
        pages: dict[str, Any] = {"type": "pages", "page": 1, "per_page": pagination["per_page"]}
        if end < len(found):
            token = f"WzE{len(self.pages)}"
            self.pages[token] = (asked, end)
            pages["next"] = {"page": 2, "starting_after": token}
        return {
            "type": "conversation.list",
            "pages": pages,
            "total_count": len(found),
            "conversations": [self.tickets[one] for one in found[start:end]],
        }

    def _found(self, asked: dict[str, Any]) -> list[int]:
        query = asked["query"]
        assert set(query) == {"field", "operator", "value"}
        rows = [one for one in self.tickets if one not in self.late]
        if query["field"] == "id":
            assert query["operator"] == "IN"
            return [one for one in rows if str(one) in query["value"]]
        assert query["field"] in {"created_at", "updated_at"}
        assert isinstance(query["value"], int)
        bound, name = query["value"], query["field"]
        found = [
            one
            for one in rows
            if {">": self.tickets[one][name] > bound, "<": self.tickets[one][name] < bound}[query["operator"]]
        ]
        if "sort" in asked and self.sorts:
            assert set(asked["sort"]) == {"field", "order"}
            down = {"ascending": False, "descending": True}[asked["sort"]["order"]]
            by = str(asked["sort"]["field"])
            found.sort(key=lambda one: (self.tickets[one][by], one), reverse=down)
        return found

    def _whole(self, number: int) -> Any:
        if number not in self.tickets:
            raise NotFound
        parts = self.parts[number]
        told = {"type": "conversation_part.list", "conversation_parts": parts[-LAST:], "total_count": len(parts)}
        return self.tickets[number] | {"conversation_parts": told}


def _named(number: int) -> dict[str, Any]:
    name = {CELINA: "Celina", DAWID: "Dawid", READER: "Milepost"}[number]
    return {"id": str(number), "name": name, "email": f"{name.casefold()}@example.com"}
