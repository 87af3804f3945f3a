"""A strict Freshdesk on this machine, made from what is documented of its answers; refuses what it does not know."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response

from milepost.testing.strict_desk import RestoringDesk

KEY: Final = "let-me-read"
USERS: Final = {"anna": 50, "celina": 51, "dawid": 52, "carol": 701}
STATUSES: Final = {"new": 2, "open": 2, "feedback": 3, "resolved": 4, "closed": 5, "customer": 6, "third": 7}
NAMES: Final = {
    "2": ["Open", "Being processed"],
    "3": ["Pending", "Awaiting your reply"],
    "4": ["Resolved", "This ticket has been resolved"],
    "5": ["Closed", "This ticket has been closed"],
    "6": ["Waiting on customer", "Awaiting your reply"],
    "7": ["Waiting on third party", "Being processed"],
    "8": ["With the supplier", "Being processed"],
}
PRODUCTS: Final = {"1": 11, "2": 12}
FRONTLINE: Final = 71
# What a list tells at once, the last page that it has, and what a minute may cost.
PAGE, LAST, CREDITS = 100, 300, 700
ORDERS: Final = {"created_at", "updated_at", "due_by", "status"}
LISTED: Final = {"order_by", "order_type", "updated_since", "per_page", "page", "include", "filter"}

Row = dict[str, Any]


@dataclass
class StrictFreshdesk(RestoringDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, Row] = field(default_factory=dict)
    written: dict[int, list[Row]] = field(default_factory=dict)
    ratings: list[Row] = field(default_factory=list)
    # Whether the plan has surveys, and what the agent of the key sees.
    surveys: bool = True
    scope: int = 1
    # Agents that are agents no more, and those that may not sign in.
    gone: set[str] = field(default_factory=set)
    inactive: set[str] = field(default_factory=set)
    spent: list[tuple[datetime, int]] = field(default_factory=list)
    token: str = KEY

    make = "freshdesk"
    # How the customer is called in what it answers.
    customer = "701"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*"), method="GET").respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        return {"address": f"http://127.0.0.1:{self.server.port}", "token": KEY, "since": "2020-01-01"}

    def opens(self, *, queue: str = "1", source: int = 1) -> str:
        """A customer writes."""
        number = max(self.tickets, default=0) + 1
        moments = (
            "agent_responded_at",
            "first_responded_at",
            "reopened_at",
            "resolved_at",
            "closed_at",
            "pending_since",
        )
        self.tickets[number] = {
            "id": number,
            "created_at": self._moment(),
            "updated_at": self._moment(),
            "status": STATUSES["open"],
            "priority": 1,
            "source": source,
            "type": "Question",
            "product_id": PRODUCTS[queue],
            "group_id": None,
            "responder_id": None,
            "requester_id": USERS["carol"],
            "subject": "My printer is on fire, says carol",
            "stats": dict.fromkeys(moments) | {"status_updated_at": self._moment()},
        }
        self.written[number] = []
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str, **told: Any) -> None:
        """Something public is written; by a rule, in nobody's name."""
        rule = {"automation_id": 9 if by == "system" else None, "automation_type_id": None}
        self.writes(ticket, by, incoming=by == "carol", **rule | told)
        stats = self.tickets[int(ticket)]["stats"]
        if by in USERS and by != "carol" and not told:
            stats["agent_responded_at"] = self._moment()
            stats["first_responded_at"] = stats["first_responded_at"] or self._moment()

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.writes(ticket, by, private=True, source=2)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        self.writes(ticket, "carol", incoming=True)
        self.becomes(ticket, "open", by="carol")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person and a group."""
        assert by in USERS
        self._touched(ticket).update(responder_id=USERS[to], group_id=FRONTLINE)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another product."""
        assert by in USERS
        self._touched(ticket)["product_id"] = PRODUCTS[queue]

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status. Of what was before, only when it was resolved, closed and reopened last is known."""
        assert by in USERS
        row = self._touched(ticket)
        row["status"] = int(STATUSES.get(status, status))
        stats = row["stats"]
        stats["status_updated_at"] = self._moment()
        if status in {"resolved", "closed"}:
            stats["resolved_at"] = stats["resolved_at"] or self._moment()
            stats["closed_at"] = self._moment() if status == "closed" else None
        elif stats["resolved_at"]:
            stats |= {"resolved_at": None, "closed_at": None, "reopened_at": self._moment()}

    def rates(self, ticket: str, answer: int) -> None:
        """The customer answers a survey, which does not change the ticket."""
        rating = {
            "id": len(self.ratings) + 1,
            "ticket_id": int(ticket),
            "created_at": self._moment(),
            "feedback": "carol",
        }
        self.ratings.append(rating | {"ratings": {"default_question": answer, "question_2": -102}})

    def deletes(self, ticket: str, *, by: str) -> None:
        """Into the trash."""
        assert by in USERS
        self._touched(ticket)["deleted"] = True

    def spams(self, ticket: str) -> None:
        """It is marked as spam."""
        self._touched(ticket)["spam"] = True

    def restores(self, ticket: str) -> None:
        """Out of the trash."""
        self._touched(ticket)["deleted"] = False

    def shreds(self, ticket: str) -> None:
        """Into the trash, without a change that one could ask for."""
        self.tickets[int(ticket)]["deleted"] = True

    def writes(self, ticket: str, by: str, **told: Any) -> None:
        """Something is written in a ticket."""
        self._touched(ticket)
        said = {"id": sum(map(len, self.written.values())) + 1, "user_id": USERS.get(by), "created_at": self._moment()}
        said |= {"incoming": False, "private": False, "source": 0, "body_text": "Hello, carol"}
        self.written[int(ticket)].append(said | told)

    def _touched(self, ticket: str) -> Row:
        self.tickets[int(ticket)]["updated_at"] = self._moment()
        return self.tickets[int(ticket)]

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        pair = b64encode(f"{self.token}:X".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return Response('{"code": "invalid_credentials"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        asked = dict(request.args)
        if not self._pays(1 + 2 * ("include" in asked)):
            return Response("", status=429, headers={"Retry-After": "60"})
        return self._document(request.path, asked)

    def _pays(self, cost: int) -> bool:
        """What is embedded costs more. Who has no credit left is asked to wait a minute, and does."""
        self.spent = [one for one in self.spent if one[0] > self.now - timedelta(minutes=1)]
        if sum(one for _, one in self.spent) + cost > CREDITS:
            self.pass_(minutes=1)
            return False
        self.spent.append((self.now, cost))
        return True

    def _document(self, path: str, asked: dict[str, str]) -> Response:
        if path == "/api/v2/tickets":
            return self._list(asked)
        if one := re.fullmatch(r"/api/v2/tickets/(\d+)(/\w+)?", path):
            return self._ticket(int(one[1]), one[2], asked)
        if path == "/api/v2/search/tickets":
            return self._search(asked)
        if path == "/api/v2/surveys/satisfaction_ratings":
            since = asked.pop("created_since")
            rows = [one for one in self.ratings if one["created_at"] >= since]
            return _page(rows, asked) if self.surveys else Response('{"code": "require_feature"}', status=403)
        if path in {"/api/v2/agents/me", "/api/v2/ticket_fields"}:
            assert not asked
            return _json(self._fields() if path.endswith("fields") else self._agent("anna"))
        return _page(self._names(path), asked)

    def _names(self, path: str) -> list[Row]:
        match path:
            case "/api/v2/agents":
                return [self._agent(name) for name in ("celina", "dawid") if name not in self.gone]
            case "/api/v2/groups":
                return [{"id": FRONTLINE, "name": "Frontline", "agent_ids": [USERS["celina"], USERS["dawid"]]}]
            case "/api/v2/products":
                return [{"id": 11, "name": "Support"}, {"id": 12, "name": "Billing"}]
            case "/api/v2/roles":
                return [{"id": 81, "name": "Reader", "default": False}, {"id": 82, "name": "Agent", "default": True}]
        raise AssertionError(path)

    def _agent(self, name: str) -> Row:
        contact = {"name": name.title(), "email": f"{name}@example.com", "active": name not in self.inactive}
        roles = [82 if self.may_write else 81]
        return {"id": USERS[name], "ticket_scope": self.scope, "role_ids": roles, "contact": contact}

    @staticmethod
    def _fields() -> list[Row]:
        return [
            {"name": "status", "type": "default_status", "choices": NAMES},
            {"name": "ticket_type", "type": "default_ticket_type", "choices": ["Question", "Incident"]},
        ]

    def _list(self, asked: dict[str, str]) -> Response:
        assert set(asked) <= LISTED, asked
        assert asked["include"] == "stats"
        assert asked["order_by"] in ORDERS
        assert asked["order_type"] in {"asc", "desc"}
        which = asked.get("filter", "")
        assert which in {"", "deleted", "spam"}
        rows = [one for one in self.tickets.values() if self._stands(one) == which]
        rows = [one for one in rows if one["updated_at"] >= asked["updated_since"]]
        rows.sort(key=lambda one: (one[asked["order_by"]], one["id"]), reverse=asked["order_type"] == "desc")
        return _page(rows, {name: value for name, value in asked.items() if name in {"page", "per_page"}})

    @staticmethod
    def _stands(row: Row) -> str:
        """In which list a ticket stands."""
        return "deleted" if row.get("deleted") else "spam" if row.get("spam") else ""

    def _ticket(self, number: int, what: str | None, asked: dict[str, str]) -> Response:
        if number not in self.tickets:
            return Response("", status=404)
        match what:
            case None:
                assert asked == {"include": "stats"}
                return _json(self.tickets[number])
            case "/conversations":
                return _page(self.written[number], asked)
            case "/satisfaction_ratings":
                return _page([one for one in self.ratings if one["ticket_id"] == number], asked)
        raise AssertionError(what)

    def _search(self, asked: dict[str, str]) -> Response:
        assert set(asked) == {"query"}
        query = re.fullmatch(r"\"created_at:>'(\d{4}-\d\d-\d\d)'\"", asked["query"])
        assert query, asked
        found = [one for one in self.tickets.values() if not self._stands(one) and one["created_at"] >= query[1]]
        return _json({"total": len(found), "results": found[:30]})


def _page(rows: list[Row], asked: dict[str, str]) -> Response:
    """A part of a list."""
    assert set(asked) <= {"page", "per_page"}, asked
    most, page = int(asked["per_page"]), int(asked.get("page", 1))
    if not (1 <= most <= PAGE and 1 <= page <= LAST):
        return Response('{"description": "Validation failed"}', status=400)
    return _json(rows[(page - 1) * most : page * most])


def _json(document: Any) -> Response:
    return Response(json.dumps(document), content_type="application/json")
