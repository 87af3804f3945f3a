"""A strict Zammad on this machine, made from what is known of its answers; refuses what it does not know."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import Forbidden, NotFound

from milepost.testing.strict_desk import MergingDesk

SYSTEM, READER, CELINA, DAWID, CAROL = 1, 2, 11, 12, 21
USERS: Final = {"system": SYSTEM, "celina": CELINA, "dawid": DAWID, "carol": CAROL}
SENDERS: Final = {SYSTEM: "System", CELINA: "Agent", DAWID: "Agent", CAROL: "Customer"}
GROUPS: Final = {1: "Support", 2: "Billing"}
PRIORITIES: Final = {1: "1 low", 2: "2 normal"}
STATES: Final = {
    1: ("new", "new"),
    2: ("open", "open"),
    3: ("pending reminder", "pending reminder"),
    4: ("closed", "closed"),
    5: ("merged", "merged"),
    6: ("removed", "removed"),
    7: ("pending close", "pending action"),
    8: ("with the supplier", "pending reminder"),
}
WORDS: Final = {"new": 1, "open": 2, "feedback": 3, "resolved": 4, "removed": 6, "supplier": 8}
SEARCHED: Final = {"condition", "ids", "sort_by", "order_by", "page", "per_page", "expand", "only_total_count"}
COLUMNS: Final = {"ticket.created_at": "created_at", "ticket.updated_at": "updated_at"}
# What is handed out at once.
MOST: Final = 200


@dataclass
class StrictZammad(MergingDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    histories: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    # Tickets that were moved to groups which the token may not read.
    hidden: set[int] = field(default_factory=set)
    # Whether a search can count, and whether a merge tells where it went: earlier versions do neither.
    counts: bool = True
    tells_merges: bool = True
    tells_history: bool = True
    knows_conditions: bool = True
    rights: dict[str, list[str]] = field(default_factory=lambda: {"2": ["read", "overview"]})
    # Whoever may work tickets.
    agents: tuple[int, ...] = (CELINA, DAWID)
    next_article: int = 1

    make = "zammad"
    # A group is where tickets lie, and who works them.
    teams = ("Billing", "Support")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/api/v1/.*")).respond_with_handler(self._answer)

    def opens(self, *, queue: str = "1", by: str = "carol", kind: str = "email") -> str:
        """A customer writes; the article is there a little after its ticket."""
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "id": number,
            "group_id": int(queue),
            "priority_id": 2,
            "state_id": 1,
            "owner_id": SYSTEM,
            "customer_id": CAROL,
            "created_by_id": USERS[by],
            "created_at": self._moment(),
            "updated_at": self._moment(),
        }
        self.histories[number] = []
        self._happens(number, "created", by)
        self.writes(str(number), by=by, kind=kind, later=3)
        return str(number)

    def writes(self, ticket: str, *, by: str, kind: str = "email", later: int = 0, **more: Any) -> None:
        """An article, whose creation is told in the history of the ticket it was written in."""
        article = {
            "id": self.next_article,
            "ticket_id": int(ticket),
            "sender": SENDERS[USERS[by]],
            "type": kind,
            "internal": False,
            "created_by_id": USERS[by],
            "created_at": self._moment(later),
            "from": by,
            "body": f"{by} writes",
            "preferences": {},
        }
        self.articles.append(article | more)
        self.next_article += 1
        self._happens(int(ticket), "created", by, object="Ticket::Article", o_id=article["id"])

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message; the first of an agent opens the ticket."""
        self.writes(ticket, by=by)
        if USERS[by] in self.agents and self.tickets[int(ticket)]["state_id"] == WORDS["new"]:
            self.becomes(ticket, "open", by=by)

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.writes(ticket, by=by, kind="note", internal=True)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        self.writes(ticket, by="carol")
        self.becomes(ticket, "open", by="carol")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person. No two changes are of the same millisecond, unless they are one."""
        self.pass_(milliseconds=1)
        self._changes(ticket, "owner", USERS[to], by=by)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another group, in the same moment to nobody."""
        self.pass_(milliseconds=1)
        self._changes(ticket, "group", int(queue), by=by)
        self._changes(ticket, "owner", SYSTEM, by=by)

    def becomes(self, ticket: str, status: str, *, by: str, **more: Any) -> None:
        """Another state."""
        self.pass_(milliseconds=1)
        self._changes(ticket, "state", WORDS[status], by=by, **more)

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """Its articles go over quietly; it is left with a note of the merge, and nobody's."""
        self.pass_(milliseconds=1)
        for article in self.articles:
            if article["ticket_id"] == int(ticket):
                article["ticket_id"] = int(into)
        if self.tells_merges:
            self._happens(int(into), "received_merge", by, id_from=int(ticket), id_to=int(into))
            self._happens(int(ticket), "merged_into", by, id_from=int(ticket), id_to=int(into))
        self.writes(ticket, by=by, kind="note")
        self._changes(ticket, "state", 5, by=by)
        self._changes(ticket, "owner", SYSTEM, by=by)

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.tickets[int(ticket)]

    def _moment(self, later: int = 0) -> str:
        moment = self.now + timedelta(milliseconds=later)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _changes(self, ticket: str, attribute: str, value: int, *, by: str, **more: Any) -> None:
        was, self.tickets[int(ticket)][f"{attribute}_id"] = self.tickets[int(ticket)][f"{attribute}_id"], value
        told = {"attribute": attribute, "value_from": _name(attribute, was), "value_to": _name(attribute, value)}
        self._happens(int(ticket), "updated", by, **told, id_from=was, id_to=value, **more)

    def _happens(self, ticket: int, kind: str, by: str, **more: Any) -> None:
        self.tickets[ticket]["updated_at"] = self._moment()
        row = {"object": "Ticket", "o_id": ticket, "type": kind, "created_by_id": USERS[by]}
        self.histories[ticket].append(row | {"created_at": self._moment()} | more)

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"Token token={self.token}":
            return Response('{"error": "Invalid token"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        try:
            document = self._document(request)
        except (Forbidden, NotFound) as error:
            return Response('{"error": "no"}', status=error.code)
        return Response(json.dumps(document), content_type="application/json")

    def _document(self, request: Request) -> Any:
        path, asked = request.path.removeprefix("/api/v1/"), dict(request.args)
        kind, _, number = path.rpartition("/")
        match request.method, kind:
            case "POST", "tickets":
                assert number == "search"
                return self._search(request.get_json())
            case "GET", "tickets":
                return self._shown(self._seen(number))
            case "GET", "ticket_articles/by_ticket":
                assert asked == {"expand": "true"}
                return [one for one in self.articles if one["ticket_id"] == self._seen(number)["id"]]
            case "GET", "ticket_history":
                assert asked == {}
                if not self.tells_history:
                    raise Forbidden
                assets = {"User": {"21": {"login": "carol"}}}
                return {"history": self.histories[self._seen(number)["id"]], "assets": assets}
            case "GET", "users":
                return self._users(number, asked)
            case "GET", "":
                assert (path, asked) == ("ticket_states", {"expand": "true"})
                return [{"id": one, "name": name, "state_type": type_} for one, (name, type_) in STATES.items()]
        raise AssertionError(request.method, request.path)

    def _search(self, asked: dict[str, Any]) -> Any:
        assert not set(asked) - SEARCHED, asked
        found = [one for number, one in self.tickets.items() if number not in self.hidden]
        for name, condition in asked["condition"].items() if self.knows_conditions else ():
            assert set(condition) == {"operator", "value"}
            column, bound = COLUMNS[name], _time(condition["value"])
            after = {"after (absolute)": True, "before (absolute)": False}[condition["operator"]]
            found = [one for one in found if (_time(one[column]) >= bound if after else _time(one[column]) <= bound)]
        if "ids" in asked:
            found = [one for one in found if one["id"] in asked["ids"]]
        if asked.get("only_total_count") and self.counts:
            return {"total_count": len(found)}
        sort, direction = asked.get("sort_by", "id").split(","), set(asked.get("order_by", "asc").split(","))
        assert len(direction) == 1
        assert 1 <= asked.get("per_page", 50) <= MOST
        found.sort(key=lambda one: [one[name] for name in sort], reverse=direction == {"desc"})
        start = (asked.get("page", 1) - 1) * asked.get("per_page", 50)
        return [self._shown(one) for one in found[start : start + asked.get("per_page", 50)]]

    def _seen(self, number: str) -> dict[str, Any]:
        if int(number) not in self.tickets:
            raise NotFound
        if int(number) in self.hidden:
            raise Forbidden
        return self.tickets[int(number)]

    def _users(self, number: str, asked: dict[str, str]) -> Any:
        if number == "me":
            assert asked == {"full": "true"}
            return self._me()
        if number == "search":
            assert set(asked) == {"query", "permissions", "expand", "page", "per_page"}
            assert (asked["query"], asked["permissions"]) == ("*", "ticket.agent")
            assert int(asked["per_page"]) <= MOST
            page = int(asked["page"]) - 1
            return [_user(one) for one in self.agents[page : page + 1]]
        assert asked == {"expand": "true"}
        return _user(int(number))

    def _me(self) -> dict[str, Any]:
        """One group by itself, one by its role."""
        rights = ["full"] if self.may_write else ["read"]
        user = {"id": READER, "login": "milepost", "role_ids": [2], "group_ids": {"1": rights} if self.rights else {}}
        return {
            "id": READER,
            "assets": {
                "User": {str(READER): user},
                "Role": {"2": {"id": 2, "name": "Agent", "group_ids": self.rights}},
                "Group": {str(number): {"id": number, "name": name} for number, name in GROUPS.items()},
            },
        }

    @staticmethod
    def _shown(ticket: dict[str, Any]) -> dict[str, Any]:
        """With the names that belong to its numbers."""
        names = {one: _name(one, ticket[f"{one}_id"]) for one in ("group", "state", "priority")}
        return ticket | names | {"title": "Where is my parcel?", "customer": "carol@example.net"}


def _name(attribute: str, number: int) -> str:
    named: dict[str, dict[int, str]] = {
        "group": GROUPS,
        "state": {one: name for one, (name, _) in STATES.items()},
        "priority": PRIORITIES,
        "owner": {SYSTEM: "-", CELINA: "Celina", DAWID: "Dawid"},
    }
    return named[attribute][number]


def _user(number: int) -> dict[str, Any]:
    """Dawid left. What groups others are in, an agent is not told by every version."""
    name = {CELINA: "Celina", DAWID: "Dawid"}[number]
    return {
        "id": number,
        "login": name.casefold(),
        "firstname": name,
        "lastname": "",
        "email": f"{name.casefold()}@example.com",
        "active": number == CELINA,
        **({"groups": {"Support": ["full"]}} if number == CELINA else {}),
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
