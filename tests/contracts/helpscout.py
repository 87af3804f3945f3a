"""A strict Help Scout on this machine, made from what its Inbox API documents; refuses what it does not know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import TOKEN, RestoringDesk

APP: Final = "app-of-celina"
# What is lent is good for so long.
LASTS: Final = timedelta(hours=48)
CELINA, DAWID, SYSTEM, CAROL = 11, 12, 1, 91
USERS: Final = {"celina": CELINA, "dawid": DAWID}
NAMES: Final = {CELINA: "Celina", DAWID: "Dawid"}
FRONTLINE: Final = 31
MAILBOXES: Final = {1: "Support", 2: "Billing"}
WORDS: Final = {"open": "active", "resolved": "closed", "feedback": "pending", "spam": "spam"}
SORTS: Final = {"createdAt": "createdAt", "modifiedAt": "updatedAt", "number": "number"}
LISTED: Final = {"status", "sortField", "sortOrder", "modifiedSince", "query", "page", "mailbox"}
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
SIZE: Final = 25
CREATED: Final = re.compile(r"\(createdAt:\[(\S+) TO (\S+)\]\)")


@dataclass
class StrictHelpScout(RestoringDesk):
    """What it holds, and what it answers next in the place of an answer."""

    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    threads: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # Conversations that went into another one.
    merged: dict[int, int] = field(default_factory=dict)
    # Every app may write.
    may_write: bool = True
    users: tuple[int, ...] = (CELINA, DAWID)
    mailboxes: dict[int, str] = field(default_factory=lambda: dict(MAILBOXES))
    sorts: bool = True
    # Whether what changed at a bound is in, and what lists leave out.
    bound: str = "in"
    leaves_out: tuple[str, ...] = ()
    # What was lent, and until when it is good.
    lent: dict[str, datetime] = field(default_factory=dict)
    # What happens before the next page of conversations is handed out.
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    next_number: int = 1

    make = "helpscout"
    warns = ("Token valid",)
    # Every conversation is asked for by itself: those that changed last come again with what changed.
    most_asked = 90

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        told = super().told
        return {"address": told["address"], "app": APP, "secret": TOKEN, "since": told["since"]}

    def opens(self, *, queue: str = "1", by: str = "carol", **more: Any) -> str:
        """Somebody writes to an inbox, or out of one."""
        number = max([*self.conversations, *self.merged], default=0) + 1
        self.conversations[number] = {
            "id": number,
            "number": number + 1000,
            "threads": 1,
            "type": "email",
            "folderId": 11,
            "status": "active",
            "state": "published",
            "subject": "Where is my parcel?",
            "preview": "Where is it?",
            "mailboxId": int(queue),
            "createdBy": _person(by),
            "createdAt": self._moment(),
            "updatedAt": self._moment(),
            "closedBy": 0,
            "userUpdatedAt": self._moment(),
            "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
            "tags": [],
            "cc": [],
            "bcc": [],
            "primaryCustomer": _person("carol"),
            "customFields": [],
            "_embedded": {},
            **more,
        }
        self.threads[number] = []
        to = f"{MAILBOXES[int(queue)]}@example.com" if by == "carol" else "carol@example.net"
        self.happens(str(number), by=by, kind="customer" if by == "carol" else "message", to=[to])
        return str(number)

    def happens(self, ticket: str, *, by: str, kind: str = "message", action: str = "default", **more: Any) -> None:
        """A thread, which carries the status and the holder that it leaves the conversation with."""
        one = self.conversations[int(ticket)]
        one["updatedAt"] = self._moment()
        if by != "carol":
            one["userUpdatedAt"] = self._moment()
        self.threads[int(ticket)].append(
            {
                "id": self.next_number,
                "type": kind,
                "status": one["status"],
                "state": "published",
                "action": {"type": action, "text": f"{by} {action}", "associatedEntities": {}},
                "body": "" if kind == "lineitem" else "<p>…</p>",
                "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
                "customer": _person("carol"),
                "createdBy": _person(by),
                "assignedTo": one.get("assignee"),
                "to": [],
                "cc": [],
                "bcc": [],
                "createdAt": self._moment(),
                "_embedded": {"attachments": []},
                **more,
            }
        )
        self.next_number += 1

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A message that the customer sees."""
        self.happens(ticket, by=by, kind="customer" if by == "carol" else "message")

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.happens(ticket, by=by, kind="note")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person, to a team, or to nobody."""
        one = self.conversations[int(ticket)]
        one.pop("assignee", None)
        if to:
            team = {"id": FRONTLINE, "type": "team", "first": "Frontline", "last": ""}
            one["assignee"] = team if to == "frontline" else _person(to)
        self._line(ticket, by, "changed-ticket-assignee", status="nochange")

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another inbox, which the line does not name."""
        self.conversations[int(ticket)]["mailboxId"] = int(queue)
        self._line(ticket, by, "moved-from-mailbox")

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self._turns(ticket, WORDS[status])
        self._line(ticket, by, "default")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which makes it active without a line."""
        self._turns(ticket, "active")
        self.answers_ticket(ticket, by="carol")

    def deletes(self, ticket: str, *, by: str) -> None:
        """Into the folder of what is deleted."""
        self.conversations[int(ticket)]["state"] = "deleted"
        self._line(ticket, by, "deleted-ticket", status="nochange")

    def restores(self, ticket: str) -> None:
        """Out of it again."""
        self.conversations[int(ticket)]["state"] = "published"
        self._line(ticket, "celina", "restore-ticket", status="nochange")

    def shreds(self, ticket: str) -> None:
        """Deleted for ever."""
        del self.conversations[int(ticket)]

    def merges(self, ticket: str, into: str) -> None:
        """Into another one; whoever asks for it is sent there."""
        self.shreds(ticket)
        self.merged[int(ticket)] = int(into)
        self._line(into, "celina", "merged", status="nochange")

    def _line(self, ticket: str, by: str, action: str, **more: Any) -> None:
        self.happens(ticket, by=by, kind="lineitem", action=action, **more)

    def _turns(self, ticket: str, status: str) -> None:
        one = self.conversations[int(ticket)]
        one["status"] = status
        if status == "closed":
            one |= {"closedAt": self._moment(), "closedBy": CELINA}

    def _moment(self) -> str:
        return self.now.strftime(MOMENT)

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.path == "/v2/oauth2/token":
            return self._lends(request)
        word = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.now >= self.lent.get(word, self.now):
            return Response('{"error": "invalid_token"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        assert request.method == "GET"
        try:
            document = self._document(request.path.split("/")[1:], dict(request.args))
        except NotFound:
            return Response('{"logRef": "5e1f", "message": "Not found"}', status=404)
        if isinstance(document, Response):
            return document
        return Response(json.dumps(document), content_type="application/hal+json")

    def _lends(self, request: Request) -> Response:
        asked = request.get_json()
        assert set(asked) == {"grant_type", "client_id", "client_secret"}
        assert asked["grant_type"] == "client_credentials"
        if (asked["client_id"], asked["client_secret"]) != (APP, self.token):
            return Response('{"error": "invalid_client"}', status=401)
        word = f"lent-{len(self.lent) + 1}"
        self.lent[word] = self.now + LASTS
        told = {"token_type": "bearer", "access_token": word, "expires_in": LASTS.total_seconds()}
        return Response(json.dumps(told), content_type="application/json")

    def revokes(self) -> None:
        """The app is gone, and what it was lent is good no more."""
        super().revokes()
        self.lent.clear()

    def _document(self, path: list[str], asked: dict[str, str]) -> Any:
        match path:
            case ["v2", "conversations"]:
                assert set(asked) <= LISTED, asked
                if self.meanwhile:
                    self.meanwhile.pop(0)()
                return _page("conversations", self._listed(asked), asked)
            case ["v2", "conversations", number]:
                assert asked == {}
                return self._found(int(number), "") or self.conversations[int(number)]
            case ["v3", "conversations", number, "threads"]:
                assert set(asked) <= {"page"}
                return self._found(int(number), "/threads") or _page("threads", self.threads[int(number)][::-1], asked)
            case ["v2", "users", "me"]:
                assert asked == {}
                return _person("celina") | {"companyId": 5}
        assert set(asked) <= {"page"}
        name, rows = self._named(path)
        return _page(name, rows, asked)

    def _named(self, path: list[str]) -> tuple[str, list[dict[str, Any]]]:
        """Who and what there is."""
        match path:
            case ["v2", "users"] | ["v2", "teams", "31", "members"]:
                return "users", [self._user(one) for one in self.users]
            case ["v2", "teams"]:
                return "teams", [{"id": FRONTLINE, "name": "Frontline", "mention": "frontline"}]
            case ["v2", "mailboxes"]:
                return "mailboxes", [
                    {"id": one, "name": name, "email": f"{MAILBOXES[one].casefold()}@example.com"}
                    for one, name in self.mailboxes.items()
                ]
        raise AssertionError(path)

    def _found(self, number: int, more: str) -> Response | None:
        """Where it is; none where it is here."""
        if number in self.merged:
            there = f"{self.told['address']}/v2/conversations/{self.merged[number]}{more}"
            return Response("", status=301, headers={"Location": there})
        if number not in self.conversations:
            raise NotFound
        return None

    def _listed(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        assert asked["status"] == "all"
        found = list(self.conversations.values())
        if "query" in asked:
            bounds = CREATED.fullmatch(asked["query"])
            assert bounds
            since, until = (None if one == "*" else _as_written(one) for one in bounds.groups())
            found = [one for one in found if (since or "") <= one["createdAt"] <= (until or "9")]
        if "modifiedSince" in asked:
            bound = _as_written(asked["modifiedSince"])
            found = [
                one for one in found if one["updatedAt"] > bound or (self.bound == "in" and one["updatedAt"] == bound)
            ]
        by, order = SORTS[asked["sortField"]], asked["sortOrder"]
        assert order in {"asc", "desc"}
        if self.sorts:
            found.sort(key=lambda one: one[by], reverse=order == "desc")
        return [{name: value for name, value in one.items() if name not in self.leaves_out} for one in found]

    def _user(self, number: int) -> dict[str, Any]:
        name = next(name for name, key in USERS.items() if key == number)
        person = _person(name)
        return {"id": number, "firstName": NAMES[number], "lastName": "", "email": person["email"], "role": "user"}


def _as_written(moment: str) -> str:
    """A moment, which must be whole seconds in UTC."""
    assert datetime.strptime(moment, MOMENT).strftime(MOMENT) == moment  # noqa: DTZ007 - its form alone
    return moment


def _page(name: str, rows: list[dict[str, Any]], asked: dict[str, str]) -> Any:
    """A page; a list of nothing is left out."""
    number = int(asked.get("page", "1"))
    assert number >= 1
    shown = rows[(number - 1) * SIZE : number * SIZE]
    told = {"size": SIZE, "totalElements": len(rows), "totalPages": -(-len(rows) // SIZE), "number": number}
    return ({"_embedded": {name: shown}} if rows else {}) | {"page": told}


def _person(name: str) -> dict[str, Any]:
    if name == "carol":
        return {"id": CAROL, "type": "customer", "first": "Carol", "last": "", "email": "carol@example.net"}
    if name == "system":
        return {"id": SYSTEM, "type": "system_user", "first": "Help", "last": "Scout", "email": "none@nowhere.com"}
    key = USERS[name]
    email = f"{NAMES[key].casefold()}@example.com"
    return {"id": key, "type": "user", "first": NAMES[key], "last": "", "email": email}
