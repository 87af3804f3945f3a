"""A strict FreeScout on this machine, made from what its module for programs documents; refuses all else."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from tests.contracts.threads import CAROL, CELINA, DAWID, MAILBOXES, MOMENT, ThreadedDesk

WORKFLOW: Final = 13
USERS: Final = {"celina": CELINA, "dawid": DAWID, "system": WORKFLOW}
NAMES: Final = {CELINA: "Celina", DAWID: "Dawid", WORKFLOW: "Workflow"}
SORTS: Final = {"createdAt", "mailboxId", "number", "subject", "updatedAt", "waitingSince"}
PAGED: Final = {"page", "pageSize"}
LISTED: Final = PAGED | {"embed", "createdSince", "updatedSince", "sortField", "sortOrder"}
SIZE: Final = 50


@dataclass
class StrictFreeScout(ThreadedDesk):
    """What it holds, and what it answers next in the place of an answer."""

    users: tuple[int, ...] = (CELINA, DAWID, WORKFLOW)
    most: int = 1_000

    make = "freescout"
    teams = ()
    line_of_status = "changed-ticket-status"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it; a workflow acts as a user of its own."""
        return super().told | {"bots": NAMES[WORKFLOW]}

    def person(self, name: str) -> dict[str, Any]:
        """A customer, or a user; a workflow acts as one."""
        if name == "carol":
            return {"id": CAROL, "type": "customer", "firstName": "Carol", "lastName": "", "email": "carol@example.net"}
        key = USERS[name]
        email = f"{NAMES[key].casefold()}@example.com"
        return {"id": key, "type": "user", "firstName": NAMES[key], "lastName": "", "email": email}

    def particular(self, number: int) -> dict[str, Any]:  # noqa: ARG002 - it is the same for all
        """As FreeScout names it."""
        nobody = dict.fromkeys(("assignee", "closedBy", "closedByUser", "closedAt"))
        return {"threadsCount": 1, "customer": self.person("carol"), **nobody}

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
                rows = [self.person(next(name for name, key in USERS.items() if key == one)) for one in self.users]
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
