"""A strict django-helpdesk on this machine: tells what milepost_reading.py tells, refuses what that refuses."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug import Request, Response

from milepost.testing.strict_desk import MergingDesk

TOKEN: Final = "0123456789abcdef0123456789abcdef01234567"
QUEUES: Final = {"1": "Support", "2": "Billing"}
STATUSES: Final = {"open": 1, "reopened": 2, "resolved": 3, "closed": 4, "duplicate": 5}
PEOPLE: Final = {"celina": 5, "dawid": 6}
KNOWN: Final = frozenset({"created_from", "changed_from", "above", "below", "ids"})
PAGE: Final = 100


@dataclass
class StrictDjangoHelpdesk(MergingDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    token: str = TOKEN

    make = "django_helpdesk"
    # Customers are in nothing that it answers.

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/milepost/.*"), method="GET").respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        address = f"http://127.0.0.1:{self.server.port}/milepost"
        return {"address": address, "token": TOKEN, "since": "2020-01-01"}

    def opens(self, *, by: str = "carol", queue: str = "1") -> str:
        """A customer writes."""
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "id": number,
            "created": self._moment(),
            "modified": self._moment(),
            "queue": int(queue),
            "holder": None,
            "status": STATUSES["open"],
            "on_hold": False,
            "priority": 3,
            "merged_to": None,
            "follow_ups": [],
        }
        self._follows(str(number), by, said=True)
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public comment; the system comments where it escalates."""
        self._follows(ticket, by, said=True)

    def notes(self, ticket: str, *, by: str) -> None:
        """A comment that customers do not see."""
        self._follows(ticket, by, said=True, public=False)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the closed ticket again."""
        self.tickets[int(ticket)]["status"] = STATUSES["reopened"]
        self._follows(ticket, "carol", said=True, status=STATUSES["reopened"])

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person, who is named in the change; “Nobody” takes it away."""
        self._changes(ticket, by, "holder", PEOPLE.get(to))

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another queue."""
        self._changes(ticket, by, "queue", int(queue))

    def holds(self, ticket: str, *, by: str, on: bool = True) -> None:
        """On hold, or off."""
        self._changes(ticket, by, "on_hold", on)

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self.tickets[int(ticket)]["status"] = STATUSES[status]
        self._follows(ticket, by, status=STATUSES[status])

    def edits(self, ticket: str, **fields: Any) -> None:
        """Changed without a follow-up, as on the board, by the form that edits, and over the REST interface."""
        self.tickets[int(ticket)] |= fields | {"modified": self._moment()}

    def merges(self, ticket: str, into: str, *, by: str) -> None:  # noqa: ARG002 - nothing there says who merged
        """The other one is a duplicate; which one it is, it says itself."""
        self.edits(into)
        self.edits(ticket, merged_to=int(into), status=STATUSES["duplicate"])

    def shreds(self, ticket: str) -> None:
        """It never was: nothing tells of a deletion."""
        del self.tickets[int(ticket)]

    def _moment(self) -> str:
        return self.now.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _changes(self, ticket: str, by: str, name: str, new: Any) -> None:
        was, self.tickets[int(ticket)][name] = self.tickets[int(ticket)][name], new
        values = [was or 0, new or 0] if name == "holder" else [str(was), str(new)]
        self._follows(ticket, by, changes={name: values})

    def _follows(
        self,
        ticket: str,
        by: str,
        *,
        said: bool = False,
        public: bool = True,
        status: int | None = None,
        changes: dict[str, Any] | None = None,
    ) -> None:
        """Users are told where they are staff; customers have no number."""
        row = self.tickets[int(ticket)]
        row["modified"] = self._moment()
        told = {"id": 1 + sum(len(one["follow_ups"]) for one in self.tickets.values()), "date": self._moment()}
        told |= {"user": PEOPLE.get(by), "system": by == "system", "said": said, "public": public}
        row["follow_ups"].append(told | {"status": status, "changes": changes or {}})

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"Token {self.token}":
            return Response('{"detail": "Invalid token."}', status=401)
        if self.answers:
            return self.answers.pop(0)
        path = request.path.removeprefix("/milepost/")
        if set(request.args) - (KNOWN if path == "tickets" else set()):
            raise AssertionError(request.args)
        document = self._page(request.args) if path == "tickets" else self._desk()
        return Response(json.dumps(document), content_type="application/json")

    def _desk(self) -> dict[str, Any]:
        agents = [
            {"id": number, "name": name.title(), "email": "", "active": True, "groups": ["Frontline"]}
            for name, number in PEOPLE.items()
        ]
        return {
            "may_write": self.may_write,
            "opens_as": 1,
            "open": [1, 2],
            "statuses": {str(number): name.title() for name, number in STATUSES.items()},
            "priorities": {"3": "3. Normal"},
            "queues": QUEUES,
            "agents": agents,
            "newest": max(self.tickets, default=None),
            "changed": max((one["modified"] for one in self.tickets.values()), default=None),
        }

    def _page(self, args: Any) -> dict[str, Any]:
        """Moments are compared as texts of one form, to the second."""
        found = sorted(self.tickets.values(), key=lambda one: one["id"], reverse="above" not in args)
        for name, asked in (("created", "created_from"), ("modified", "changed_from")):
            found = [one for one in found if one[name][:19] >= args.get(asked, "")[:19]]
        found = [one for one in found if one["id"] > int(args.get("above", "0"))]
        if "below" in args:
            found = [one for one in found if one["id"] < int(args["below"])]
        if "ids" in args:
            found = [one for one in found if str(one["id"]) in args["ids"].split(",")]
        return {"total": len(found), "tickets": found[:PAGE]}
