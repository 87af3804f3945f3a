"""A strict help desk on this machine: it serves a feed of ticket events and refuses whatever is not in its form."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN: Final = "let-me-read"
PAGE: Final = 2


@dataclass
class HelpDesk:
    """What it holds, what it was asked, and what it answers to the next requests in the place of a page."""

    server: HTTPServer
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    # Called before a page is answered.
    before: Callable[[str], object] = lambda _cursor: None

    def __post_init__(self) -> None:
        self.server.expect_request("/desk/events", method="GET").respond_with_handler(self._answer)

    @property
    def address(self) -> str:
        """Where it is."""
        return self.server.url_for("/desk")

    def tells(self, ticket: str, at: str, *, created: str = "2026-03-02T09:00:00+01:00", **columns: object) -> None:
        """Something happens to a ticket."""
        self.events.append({"ticket": ticket, "created": created, "at": at, **columns})

    def solves(self, ticket: str, agent: str = "Celina") -> None:
        """A ticket is created and resolved on 2 March 2026."""
        self.tells(ticket, "2026-03-02T09:00:00+01:00", status="new", agent=agent)
        self.tells(ticket, "2026-03-02T11:00:00+01:00", status="resolved", agent=agent)

    def answers_next(self, status: int, body: str = "", headers: Mapping[str, str] | None = None) -> None:
        """The next request gets this answer."""
        self.answers.append(Response(body, status=status, headers=headers or {}))

    def _answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response("who are you", status=401)
        if set(request.args) - {"after", "limit"} or not 0 < int(request.args["limit"]) <= 5_000:
            return Response("what do you want", status=400)
        after = request.args.get("after", "")
        if after and not after.startswith("event-"):
            return Response("no cursor of ours", status=400)
        self.asked.append(after)
        self.before(after)
        if self.answers:
            return self.answers.pop(0)
        start = int(after.removeprefix("event-") or 0)
        page = self.events[start : start + min(PAGE, int(request.args["limit"]))]
        document = {"events": page, "next": f"event-{start + len(page)}" if start + len(page) else ""}
        return Response(json.dumps(document), content_type="application/json")
