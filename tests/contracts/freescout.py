"""A strict FreeScout on this machine, made from what its module for programs documents; refuses all else."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import RestoringDesk

CELINA, DAWID, WORKFLOW, CAROL = 11, 12, 13, 91
USERS: Final = {"celina": CELINA, "dawid": DAWID, "system": WORKFLOW}
NAMES: Final = {CELINA: "Celina", DAWID: "Dawid", WORKFLOW: "Workflow"}
MAILBOXES: Final = {1: "Support", 2: "Billing"}
WORDS: Final = {"open": "active", "resolved": "closed", "feedback": "pending", "spam": "spam"}
SORTS: Final = {"createdAt", "mailboxId", "number", "subject", "updatedAt", "waitingSince"}
PAGED: Final = {"page", "pageSize"}
LISTED: Final = PAGED | {"embed", "createdSince", "updatedSince", "sortField", "sortOrder"}
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
SIZE: Final = 50


@dataclass
class StrictFreeScout(RestoringDesk):
    """What it holds, and what it answers next in the place of an answer."""

    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    threads: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # Every key may write.
    may_write: bool = True
    users: tuple[int, ...] = (CELINA, DAWID, WORKFLOW)
    mailboxes: dict[int, str] = field(default_factory=lambda: dict(MAILBOXES))
    sorts: bool = True
    most: int = 1_000
    # What happens before the next page of conversations is handed out.
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    next_number: int = 1

    make = "freescout"
    teams = ()
    warns = ("Token valid",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it; a workflow acts as a user of its own."""
        return super().told | {"bots": NAMES[WORKFLOW]}

    def opens(self, *, queue: str = "1", by: str = "carol", **more: Any) -> str:
        """Somebody writes to a mailbox, or out of one."""
        number = max(self.conversations, default=0) + 1
        self.conversations[number] = {
            "id": number,
            "number": number,
            "threadsCount": 1,
            "type": "email",
            "folderId": 11,
            "status": "active",
            "state": "published",
            "subject": "Where is my parcel?",
            "preview": "Where is it?",
            "mailboxId": int(queue),
            "assignee": None,
            "createdBy": _person(by),
            "createdAt": self._moment(),
            "updatedAt": self._moment(),
            "closedBy": None,
            "closedByUser": None,
            "closedAt": None,
            "userUpdatedAt": self._moment(),
            "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
            "cc": [],
            "bcc": [],
            "customer": _person("carol"),
            "customFields": [],
            **more,
        }
        self.threads[number] = []
        to = f"{MAILBOXES[int(queue)]}@example.com" if by == "carol" else "carol@example.net"
        self.happens(str(number), by=by, kind="customer" if by == "carol" else "message", to=[to])
        return str(number)

    def happens(self, ticket: str, *, by: str, kind: str = "message", action: str = "", **more: Any) -> None:
        """A thread, which carries the status and the holder that it leaves the conversation with."""
        one = self.conversations[int(ticket)]
        one["updatedAt"] = self._moment()
        self.threads[int(ticket)].append(
            {
                "id": self.next_number,
                "type": kind,
                "status": one["status"],
                "state": "published",
                "action": {"type": action, "text": f"{by} {action}", "associatedEntities": {}},
                "body": "" if action else "<p>…</p>",
                "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
                "customer": _person("carol"),
                "createdBy": _person(by),
                "assignedTo": one["assignee"],
                "to": [],
                "cc": [],
                "bcc": [],
                "createdAt": self._moment(),
                "openedAt": None,
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
        """To a person, or to nobody."""
        self.conversations[int(ticket)]["assignee"] = _person(to) if to else None
        self._line(ticket, by, "changed-ticket-assignee", status="nochange")

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another mailbox, which the line does not name."""
        self.conversations[int(ticket)]["mailboxId"] = int(queue)
        self._line(ticket, by, "moved-from-mailbox")

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self._turns(ticket, WORDS[status])
        self._line(ticket, by, "changed-ticket-status")

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
        """Deleted forever."""
        del self.conversations[int(ticket)]

    def _line(self, ticket: str, by: str, action: str, **more: Any) -> None:
        self.happens(ticket, by=by, kind="lineitem", action=action, **more)

    def _turns(self, ticket: str, status: str) -> None:
        one = self.conversations[int(ticket)]
        one["status"] = status
        one["closedAt"] = self._moment() if status == "closed" else one["closedAt"]

    def _moment(self) -> str:
        return self.now.strftime(MOMENT)

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("X-FreeScout-API-Key") != self.token:
            return Response('{"message": "Not Authorized"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        assert request.method == "GET"
        try:
            document = self._document(request.path.split("/")[1:], dict(request.args))
        except NotFound:
            return Response('{"message": "Not Found", "errorCode": "404", "_embedded": {"errors": []}}', status=404)
        return Response(json.dumps(document), content_type="application/json")

    def _document(self, path: list[str], asked: dict[str, str]) -> Any:
        match path:
            case ["api", "conversations"]:
                assert set(asked) <= LISTED, asked
                if self.meanwhile:
                    self.meanwhile.pop(0)()
                return _page("conversations", self._listed(asked), asked, most=self.most)
            case ["api", "conversations", number]:
                assert asked == {}
                if int(number) not in self.conversations:
                    raise NotFound
                return self._told(int(number), {"threads"})
            case ["api", "users"]:
                assert set(asked) <= PAGED
                rows = [_person(next(name for name, key in USERS.items() if key == one)) for one in self.users]
                return _page("users", [row | {"role": "user"} for row in rows], asked)
            case ["api", "mailboxes"]:
                assert set(asked) <= PAGED
                rows = [
                    {"id": one, "name": name, "email": f"{MAILBOXES[one].casefold()}@example.com"}
                    for one, name in self.mailboxes.items()
                ]
                return _page("mailboxes", rows, asked)
        raise AssertionError(path)

    def _listed(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        embedded = set(filter(None, asked.get("embed", "").split(",")))
        assert embedded <= {"threads", "timelogs", "tags"}
        found = list(self.conversations)
        for name, column in (("createdSince", "createdAt"), ("updatedSince", "updatedAt")):
            if name in asked:
                bound = datetime.strptime(asked[name], MOMENT).strftime(MOMENT)  # noqa: DTZ007 - its form alone
                found = [one for one in found if self.conversations[one][column] >= bound]
        by, order = asked.get("sortField", "createdAt"), asked.get("sortOrder", "desc")
        assert by in SORTS
        assert order in {"asc", "desc"}
        if self.sorts:
            found.sort(key=lambda one: self.conversations[one][by], reverse=order == "desc")
        return [self._told(one, embedded) for one in found]

    def _told(self, number: int, embedded: set[str]) -> dict[str, Any]:
        one = dict(self.conversations[number])
        tags = one.pop("tags", [])
        held: dict[str, Any] = {"threads": self.threads[number][::-1] if "threads" in embedded else []}
        return one | {"_embedded": held | ({"tags": tags} if "tags" in embedded else {})}


def _page(name: str, rows: list[dict[str, Any]], asked: dict[str, str], *, most: int = SIZE) -> Any:
    number, size = int(asked.get("page", "1")), min(int(asked.get("pageSize", SIZE)), most)
    assert number >= 1
    assert size >= 1
    pages = max(1, -(-len(rows) // size))
    shown = rows[(number - 1) * size : number * size]
    return {
        "_embedded": {name: shown},
        "page": {"size": size, "totalElements": len(rows), "totalPages": pages, "number": number},
    }


def _person(name: str) -> dict[str, Any]:
    if name == "carol":
        return {"id": CAROL, "type": "customer", "firstName": "Carol", "lastName": "", "email": "carol@example.net"}
    key = USERS[name]
    email = f"{NAMES[key].casefold()}@example.com"
    return {"id": key, "type": "user", "firstName": NAMES[key], "lastName": "", "email": email}
