"""A strict Help Scout on this machine, made from what its Inbox API documents; refuses what it does not know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import Forbidden, NotFound

from milepost.testing.strict_desk import TOKEN
from tests.contracts.threads import CAROL, CELINA, DAWID, MAILBOXES, MOMENT, ThreadedDesk

APP: Final = "app-of-celina"
# What is lent is good for so long.
LASTS: Final = timedelta(hours=48)
SYSTEM: Final = 1
USERS: Final = {"celina": CELINA, "dawid": DAWID}
NAMES: Final = {CELINA: "Celina", DAWID: "Dawid"}
FRONTLINE: Final = 31
SORTS: Final = {"createdAt": "createdAt", "modifiedAt": "updatedAt", "number": "number"}
LISTED: Final = {"status", "sortField", "sortOrder", "modifiedSince", "query", "page", "mailbox"}
SIZE: Final = 25
CREATED: Final = re.compile(r"\(createdAt:\[(\S+) TO (\S+)\]\)")


@dataclass
class StrictHelpScout(ThreadedDesk):
    """What it holds, and what it answers next in the place of an answer."""

    # Conversations that went into another one.
    merged: dict[int, int] = field(default_factory=dict)
    users: tuple[int, ...] = (CELINA, DAWID)
    # Whether what changed at a bound is in, and what lists leave out.
    bound: str = "in"
    leaves_out: tuple[str, ...] = ()
    # What happens before the next page of what happened in a conversation is handed out.
    writing: list[Callable[[], None]] = field(default_factory=list)
    # What was lent, and until when it is good.
    lent: dict[str, datetime] = field(default_factory=dict)
    # How it refuses an app that it does not know, and whether the plan has teams.
    refuses_by: int = 401
    has_teams: bool = True

    make = "helpscout"
    line_of_status = "default"
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

    def person(self, name: str) -> dict[str, Any]:
        """A customer, a user, a team, or Help Scout itself."""
        match name:
            case "carol":
                return {"id": CAROL, "type": "customer", "first": "Carol", "last": "", "email": "carol@example.net"}
            case "system":
                return {"id": SYSTEM, "type": "system_user", "first": "Help", "last": "Scout", "email": "-@nowhere.com"}
            case "frontline":
                return {"id": FRONTLINE, "type": "team", "first": "Frontline", "last": ""}
        key = USERS[name]
        return {"id": key, "type": "user", "first": NAMES[key], "last": "", "email": f"{name}@example.com"}

    def particular(self, number: int) -> dict[str, Any]:
        """As Help Scout names it; a number that people see is not the one it is asked for by."""
        customer = self.person("carol")
        told = {"number": number + 1000, "threads": 1, "closedBy": 0, "tags": [], "primaryCustomer": customer}
        return told | {"_embedded": {}}

    def merges(self, ticket: str, into: str) -> None:
        """Into another one; whoever asks for it is sent there."""
        self.shreds(ticket)
        self.merged[int(ticket)] = int(into)
        self.line(into, "celina", "merged", status="nochange")

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
        except (Forbidden, NotFound) as error:
            return Response('{"logRef": "5e1f", "message": "No"}', status=error.code)
        if isinstance(document, Response):
            return document
        return Response(json.dumps(document), content_type="application/hal+json")

    def _lends(self, request: Request) -> Response:
        asked = dict(request.form)
        assert set(asked) == {"grant_type", "client_id", "client_secret"}
        assert asked["grant_type"] == "client_credentials"
        if (asked["client_id"], asked["client_secret"]) != (APP, self.token):
            return Response('{"error": "invalid_client"}', status=self.refuses_by)
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
                if self.writing:
                    self.writing.pop(0)()
                return self._found(int(number), "/threads") or _page("threads", self.threads[int(number)][::-1], asked)
            case ["v2", "users", "me"]:
                assert asked == {}
                return self.person("celina") | {"companyId": 5}
        assert set(asked) <= {"page"}
        name, rows = self._named(path)
        return _page(name, rows, asked)

    def _named(self, path: list[str]) -> tuple[str, list[dict[str, Any]]]:
        """Who and what there is."""
        match path:
            case ["v2", "users"] | ["v2", "teams", "31", "members"]:
                return "users", [self._user(one) for one in self.users]
            case ["v2", "teams"]:
                if not self.has_teams:
                    raise Forbidden
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
        person = self.person(name)
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
