"""A strict Zendesk on this machine, made from what is documented of its answers; refuses what it does not know."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response

from milepost.testing.strict_desk import MergingDesk, RestoringDesk

# Numbers of users. Zendesk itself is -1.
USERS: Final = {"anna": 50, "celina": 51, "dawid": 52, "carol": 701, "system": -1}
STATUSES: Final = {"new": "new", "open": "open", "feedback": "pending", "hold": "hold", "resolved": "solved"}
FORMS: Final = {"1": 11, "2": 12}
FRONTLINE: Final = 71
# What a list tells at once, how far a search goes, and how many tickets the export tells at once.
PAGE, END, EXPORT = 100, 1_000, 1_000
# So many requests for the export are answered in a minute; it tells nothing of the last one.
A_MINUTE, MINUTE = 10, 60
QUERY: Final = re.compile(r"(type:ticket )?created>=(\S+)( created<(\S+))?")

Row = dict[str, Any]
# Which lists there are, and what else than their page they may be asked.
LISTS: Final = {
    "/api/v2/users": {"role"},
    "/api/v2/groups": {"exclude_deleted"},
    "/api/v2/group_memberships": set(),
    "/api/v2/brands": set(),
    "/api/v2/deleted_tickets": set(),
}


@dataclass
class StrictZendesk(MergingDesk, RestoringDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, Row] = field(default_factory=dict)
    audits: dict[int, list[Row]] = field(default_factory=dict)
    # When each ticket changed last, in the order of the export.
    changed: dict[int, int] = field(default_factory=dict)
    # Tickets that no search knows of yet.
    unindexed: set[int] = field(default_factory=set)
    statuses: list[Row] = field(default_factory=list)
    # Agents that are suspended, and those that are agents no more.
    suspended: set[str] = field(default_factory=set)
    downgraded: set[str] = field(default_factory=set)
    exports: list[datetime] = field(default_factory=list)
    email: str = ""
    # Whether the plan has ticket forms.
    forms: bool = True
    role: str = "admin"

    make = "zendesk"
    # How the customer is called in what it answers.
    customer = "701"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*"), method="GET").respond_with_handler(self._answer)

    def opens(self, *, by: str = "carol", requester: str = "carol", queue: str = "1", tags: Any = ()) -> str:
        """A customer writes, some seconds after the one before."""
        self.pass_(seconds=10)
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "id": number,
            "created_at": self._moment(),
            "updated_at": self._moment(),
            "status": "new",
            "custom_status_id": None,
            "assignee_id": None,
            "group_id": None,
            "ticket_form_id": FORMS[queue],
            "brand_id": 21,
            "priority": None,
            "requester_id": USERS[requester],
            "tags": [*tags],
            "subject": "My printer is on fire",
            "via": {"channel": "email", "source": {"from": {"address": "carol@example.com"}, "rel": None}},
        }
        self.audits[number] = []
        names = ("status", "ticket_form_id", "priority", "requester_id", "tags")
        set_at_first = [
            {"type": "Create", "field_name": name, "value": _told(self.tickets[number][name])} for name in names
        ]
        notified = {
            "type": "Notification",
            "via": {"channel": "rule", "source": {"rel": "trigger"}},
            "subject": "Got it",
        }
        self.audited(number, self._comment(by), *set_at_first, notified, by=by, channel="email")
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str, rel: str | None = None) -> None:
        """A public comment; of Zendesk itself by a rule."""
        channel = "rule" if by == "system" else "web"
        self.audited(int(ticket), self._comment(by), by=by, channel=channel, rel=rel)

    def notes(self, ticket: str, *, by: str) -> None:
        """A comment that customers do not see."""
        self.audited(int(ticket), self._comment(by, public=False), by=by)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        change = self.change(int(ticket), "status", "open")
        self.audited(int(ticket), self._comment("carol"), change, by="carol", channel="email")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person and a group."""
        holder = self.change(int(ticket), "assignee_id", USERS[to])
        self.audited(int(ticket), holder, self.change(int(ticket), "group_id", FRONTLINE), by=by)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another form."""
        self.audited(int(ticket), self.change(int(ticket), "ticket_form_id", FORMS[queue]), by=by)

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self.audited(int(ticket), self.change(int(ticket), "status", STATUSES.get(status, status)), by=by)

    def becomes_custom(self, ticket: str, status: int, *, by: str) -> None:
        """Another status of one's own, of the same category or of another one."""
        (own,) = (one for one in self.statuses if one["id"] == status)
        changes = [self.change(int(ticket), "custom_status_id", status)]
        if own["status_category"] != self.tickets[int(ticket)]["status"]:
            changes.append(self.change(int(ticket), "status", own["status_category"]))
        self.audited(int(ticket), *changes, by=by)

    def rates(self, ticket: str, score: str) -> None:
        """The customer is asked, and answers."""
        for value, by in (("offered", "system"), (score, "carol")):
            change = {
                "type": "Change",
                "field_name": "satisfaction_score",
                "previous_value": "unoffered",
                "value": value,
            }
            self.audited(int(ticket), change, by=by, channel="rule" if by == "system" else "web")

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """It is closed with a tag, and both tickets tell of it in a comment."""
        number, tags = int(ticket), self.tickets[int(ticket)]["tags"]
        gone = self._comment(by, public=False, body=f"This request was closed and merged into request #{into} “Help”.")
        tagged = self.change(number, "tags", [*tags, "closed_by_merge"])
        self.audited(number, gone, self.change(number, "status", "closed"), tagged, by=by)
        came = self._comment(by, body=f"Request #{ticket} “Help” was closed and merged into this request.")
        self.audited(int(into), came, by=by, rel="merge")

    def deletes(self, ticket: str, *, by: str) -> None:
        """It is told as deleted, and tells no history any more."""
        assert by in USERS
        self._changes_now(int(ticket))
        self.tickets[int(ticket)]["status"] = "deleted"

    def restores(self, ticket: str) -> None:
        """It is there again, with all that happened to it."""
        self.tickets[int(ticket)]["status"] = "new"
        self._changes_now(int(ticket))

    def shreds(self, ticket: str) -> None:
        """Nothing goes without a trace here: it is deleted."""
        self.deletes(ticket, by="anna")

    def audited(self, number: int, *events: Row, by: str, channel: str = "web", rel: str | None = None) -> None:
        """One update, and what happened in it."""
        self._changes_now(number)
        key = 1_000 + sum(map(len, self.audits.values()))
        audit = {
            "id": key,
            "ticket_id": number,
            "created_at": self._moment(),
            "author_id": USERS[by],
            "via": {"channel": channel, "source": {"from": {}, "to": {}, "rel": rel}},
            "metadata": {"system": {"location": "Warsaw"}},
            "events": [{"id": key * 100 + place} | event for place, event in enumerate(events)],
        }
        self.audits[number].append(audit)

    def _comment(self, by: str, *, public: bool = True, body: str = "Hello, it is carol") -> Row:
        return {"type": "Comment", "author_id": USERS[by], "public": public, "body": body}

    def change(self, number: int, name: str, value: Any) -> Row:
        """Numbers are told as texts in what happened, and as numbers in the ticket."""
        before, self.tickets[number][name] = self.tickets[number][name], value
        return {"type": "Change", "field_name": name, "previous_value": _told(before), "value": _told(value)}

    def _changes_now(self, number: int) -> None:
        self.tickets[number]["updated_at"] = self._moment()
        self.changed[number] = int(self.now.timestamp())

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        pair = b64encode(f"{self.email}/token:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != (f"Basic {pair}" if self.email else f"Bearer {self.token}"):
            return Response('{"error": "Couldn\'t authenticate you"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        return self._document(request.path, dict(request.args))

    def _document(self, path: str, asked: dict[str, str]) -> Response:
        if path in LISTS:
            return _page(path.rpartition("/")[2], self._list(path, asked), asked, LISTS[path])
        if audits := re.fullmatch(r"/api/v2/tickets/(\d+)/audits", path):
            return self._audits(int(audits[1]), asked)
        asking = {
            "/api/v2/incremental/tickets/cursor": self._export,
            "/api/v2/search": self._search,
            "/api/v2/search/count": self._count,
            "/api/v2/search/export": self._search_export,
            "/api/v2/users/show_many": self._users,
        }
        if path in asking:
            return asking[path](asked)
        assert not asked
        if path == "/api/v2/ticket_forms" and not self.forms:
            return Response('{"error": "Forbidden"}', status=403)
        return _json(self._single(path))

    def _single(self, path: str) -> Row:
        """What is asked for without parameters."""
        match path:
            case "/api/v2/users/me":
                return {"user": self._user("anna") | {"role": self.role}}
            case "/api/v2/oauth/tokens/current":
                assert not self.email
                return {"token": {"id": 1, "scopes": ["read", *["write"] * self.may_write]}}
            case "/api/v2/ticket_forms":
                return {"ticket_forms": [{"id": 11, "name": "Support"}, {"id": 12, "name": "Billing"}]}
            case "/api/v2/custom_statuses":
                return {"custom_statuses": self.statuses}
        raise AssertionError(path)

    def _users(self, asked: dict[str, str]) -> Response:
        assert set(asked) == {"ids"}
        numbers = asked["ids"].split(",")
        assert 1 <= len(numbers) <= PAGE
        return _json({"users": [self._user(name) for name, key in USERS.items() if str(key) in numbers]})

    def _count(self, asked: dict[str, str]) -> Response:
        assert set(asked) == {"query"}
        return _json({"count": len(self._found(asked["query"]))})

    def _search_export(self, asked: dict[str, str]) -> Response:
        """The kind is asked for beside the query, not in it."""
        assert asked["filter[type]"] == "ticket"
        assert "type:" not in asked["query"]
        return _page("results", self._found(asked["query"]), asked, {"query", "filter[type]"}, most=1_000)

    def _list(self, path: str, asked: dict[str, str]) -> list[Row]:
        match path:
            case "/api/v2/users":
                agents = {"admin": ["dawid"], "agent": ["celina"]}[asked["role"]]
                return [self._user(name) for name in agents if name not in self.downgraded]
            case "/api/v2/groups":
                return [{"id": FRONTLINE, "name": "Frontline", "deleted": False}]
            case "/api/v2/group_memberships":
                return [{"id": 1, "user_id": USERS[name], "group_id": FRONTLINE} for name in ("celina", "dawid")]
            case "/api/v2/brands":
                return [{"id": 21, "name": "Shop", "active": True}]
        return [{"id": key} for key, one in self.tickets.items() if one["status"] == "deleted"]

    def _user(self, name: str) -> Row:
        email = f"{name}@example.com"
        return {
            "id": USERS[name],
            "name": name.title(),
            "email": email,
            "active": name not in self.downgraded,
            "suspended": name in self.suspended,
            "role": "end-user" if name in self.downgraded else "agent",
        }

    def _found(self, query: str) -> list[Row]:
        asked = QUERY.fullmatch(query)
        assert asked, query
        at_least, below = asked[2], asked[4] or "9999"
        return [
            one
            for key, one in self.tickets.items()
            if one["status"] != "deleted" and key not in self.unindexed and at_least <= one["created_at"] < below
        ]

    def _search(self, asked: dict[str, str]) -> Response:
        assert set(asked) <= {"query", "sort_by", "sort_order", "per_page", "page"}, asked
        assert asked["query"].startswith("type:ticket ")
        assert asked["sort_by"] in {"created_at", "updated_at"}
        most, page = int(asked["per_page"]), int(asked.get("page", 1))
        assert 1 <= most <= PAGE
        if most * page > END:
            return Response('{"error": "Unprocessable"}', status=422)
        found = self._found(asked["query"])
        found.sort(key=lambda one: str(one[asked["sort_by"]]), reverse=asked["sort_order"] == "desc")
        rows = [{"result_type": "ticket"} | one for one in found[(page - 1) * most : page * most]]
        return _json({"results": rows, "count": len(found), "next_page": None, "previous_page": None})

    def _export(self, asked: dict[str, str]) -> Response:
        """Who asks too often is asked to wait, and waits."""
        assert set(asked) in ({"start_time"}, {"cursor"}), asked
        self.exports = [at for at in self.exports if at > self.now - timedelta(seconds=MINUTE)]
        if len(self.exports) == A_MINUTE:
            self.pass_(seconds=MINUTE)
            return Response("", status=429, headers={"Retry-After": str(MINUTE)})
        self.exports.append(self.now)
        last = int(self.now.timestamp()) - MINUTE
        if "cursor" in asked:
            begin, _, number = b64decode(asked["cursor"]).decode().partition("||")
            after = (int(begin), int(number))
        else:
            after = (int(asked["start_time"]), 0)
            assert after[0] <= last
        there = sorted((at, key) for key, at in self.changed.items() if after < (at, key) and at <= last)
        rows = [self.tickets[key] | {"generated_timestamp": at} for at, key in there[:EXPORT]]
        told = "{}||{}".format(*(there[:EXPORT] or [after])[-1])
        end = {"after_cursor": b64encode(told.encode()).decode(), "end_of_stream": len(there) <= EXPORT}
        return _json({"tickets": rows, "before_cursor": None} | end)

    def _audits(self, number: int, asked: dict[str, str]) -> Response:
        if number not in self.tickets or self.tickets[number]["status"] == "deleted":
            return Response('{"error": "RecordNotFound"}', status=404)
        return _page("audits", self.audits[number], asked, set())


def _page(what: str, rows: list[Row], asked: dict[str, str], others: set[str], *, most: int = PAGE) -> Response:
    """A part of a list, and where it goes on."""
    assert set(asked) <= others | {"page[size]", "page[after]"}, asked
    size, start = int(asked["page[size]"]), int(asked.get("page[after]", 0))
    assert 1 <= size <= most
    more = start + size < len(rows)
    meta = {"has_more": more, "after_cursor": str(start + size) if more else None, "before_cursor": None}
    return _json({what: rows[start : start + size], "meta": meta, "links": {}})


def _json(document: Row) -> Response:
    return Response(json.dumps(document), content_type="application/json")


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
