"""A strict Request Tracker on this machine: keeps transactions as the real one does, refuses what it does not know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from werkzeug import Request, Response

from milepost.testing.strict_desk import DeletingDesk, MergingDesk

TOKEN: Final = "1-31-let-me-read"
UNSET: Final = "1970-01-01T00:00:00Z"
QUEUES: Final = {"1": "Support", "2": "Billing"}
USERS: Final = {
    "1": ("RT_System", 0),
    "6": ("Nobody", 0),
    "11": ("celina", 1),
    "12": ("dawid", 1),
    "21": ("carol", 0),
}
KNOWN: Final = frozenset({"query", "fields", "fields[Owner]", "fields[Queue]", "orderby", "order", "per_page", "page"})


@dataclass
class StrictRequestTracker(MergingDesk, DeletingDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    token: str = TOKEN

    make = "request_tracker"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/REST/2.0/.*"), method="GET").respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        return {"address": f"http://127.0.0.1:{self.server.port}", "token": TOKEN, "since": "2020-01-01"}

    def opens(self, *, by: str = "carol", queue: str = "1", created: str | None = None) -> str:
        """A customer writes."""
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "id": str(number),
            "Created": created or self._moment(),
            "Status": "new",
            "Owner": "6",
            "Queue": queue,
            "Priority": "0",
            "Requestor": ["carol"],
            "changed": self.now,
        }
        self._happens(number, "Create", by)
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message; whoever of the desk writes first has the ticket opened by the system."""
        self._happens(int(ticket), "Correspond", by)
        self._happens(int(ticket), "EmailRecord", "RT_System")
        status = self.tickets[int(ticket)]["Status"]
        if (by == "carol" and status == "resolved") or (by != "carol" and status == "new"):
            self.becomes(ticket, "open", by="system")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        self.answers_ticket(ticket, by="carol")

    def notes(self, ticket: str, *, by: str) -> None:
        """A message that customers do not see."""
        self._happens(int(ticket), "Comment", by)

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """An owner: told twice, by number."""
        number = next(key for key, (name, _) in USERS.items() if name == to)
        was, self.tickets[int(ticket)]["Owner"] = self.tickets[int(ticket)]["Owner"], number
        for kind in ("Set", "SetWatcher"):
            self._happens(int(ticket), kind, by, "Owner", was, number)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """Another queue, in which the owner may own nothing."""
        was, self.tickets[int(ticket)]["Queue"] = self.tickets[int(ticket)]["Queue"], queue
        self._happens(int(ticket), "Set", by, "Queue", was, queue)
        self.assigns(ticket, "Nobody", by="system")

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        was, self.tickets[int(ticket)]["Status"] = self.tickets[int(ticket)]["Status"], status
        self._happens(int(ticket), "Status", by, "Status", was, status)

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """Both tell it in the same words."""
        self.tickets[int(ticket)]["merged"] = int(into)
        for number in (int(ticket), int(into)):
            self._happens(number, "AddLink", by, "MergedInto", "", f"fsck.com-rt://localhost.test/ticket/{into}")

    def deletes(self, ticket: str, *, by: str) -> None:
        """It is in no search any more."""
        self.becomes(ticket, "deleted", by=by)

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.tickets[int(ticket)]
        self.transactions = [one for one in self.transactions if one["ObjectId"] != ticket]

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _happens(self, ticket: int, kind: str, by: str, name: str = "", old: str = "", new: str = "") -> None:
        row = {"id": str(len(self.transactions) + 40), "ObjectId": str(ticket), "Type": kind, "Creator": _user(by)}
        row |= {"Created": self._moment(), "Field": name, "OldValue": old, "NewValue": new}
        self.transactions.append(row)
        self.tickets[ticket]["changed"] = self.now

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"token {self.token}":
            return Response("{}", status=401)
        if set(request.args) - KNOWN:
            return Response("what do you want", status=400)
        if self.answers:
            return self.answers.pop(0)
        document = self._document(request.path.removeprefix("/REST/2.0/"), request.args)
        return Response(json.dumps(document or {}), status=200 if document else 404, content_type="application/json")

    def _document(self, path: str, args: Any) -> dict[str, Any] | None:
        kind, _, key = path.partition("/")
        page = int(args.get("page", "1"))
        if kind in {"user", "ticket"}:
            return self._user(key) if kind == "user" else self._ticket(int(key))
        lists: dict[str, Callable[[], dict[str, Any]]] = {
            "rt": lambda: {"Version": "5.0.3"},
            "tickets": lambda: _page(self._search(args), args),
            "transactions": lambda: _page(self._transactions(args), args, total=False),
            "queues/all": lambda: _page(
                [{"id": one, "Name": name} for one, name in QUEUES.items()][page * 9 - 9 :], args
            ),
            "groups": lambda: _page([{"id": "45", "Name": "Frontline"}][page - 1 :], args),
            "group/45": lambda: {"id": 45, "Members": [_user("celina"), _user("dawid")]},
        }
        return lists[path]()

    @staticmethod
    def _user(key: str) -> dict[str, Any] | None:
        for number, (name, privileged) in USERS.items():
            if key in {number, name}:
                return {"id": int(number), "Name": name, "Privileged": privileged, "RealName": name.title()}
        return None

    def _ticket(self, number: int) -> dict[str, Any] | None:
        ticket = self.tickets.get(number)
        if ticket is None:
            return None
        if "merged" in ticket:
            return self._ticket(ticket["merged"])
        return self._shown(ticket) | {"id": number, "EffectiveId": {"id": str(number)}}

    def _search(self, args: Any) -> list[dict[str, Any]]:
        """Dates are asked in minutes ago; what else is asked is numbers."""
        query = args["query"]
        found = [one for one in self.tickets.values() if one["Status"] != "deleted" and "merged" not in one]
        for name, minutes in re.findall(r"(Created|LastUpdated) > '(\d+) minutes ago'", query):
            after = self.now - timedelta(minutes=int(minutes))
            found = [one for one in found if name == "Created" or one["changed"] > after]
        for sign, number in re.findall(r"\bid ([<>]) (\d+)", query):
            found = [one for one in found if (int(one["id"]) < int(number)) == (sign == "<") and one["id"] != number]
        equal = set(re.findall(r"\bid = (\d+)", query))
        found = [one for one in found if not equal or one["id"] in equal]
        left = re.sub(r"\b(Created|LastUpdated) > '\d+ minutes ago'|\bid [<>=] \d+|AND|OR|\s", "", query)
        if left:
            raise AssertionError(left)
        shown = [self._shown(one) for one in found]
        return shown[::-1] if args.get("order") == "DESC" else shown

    def _shown(self, ticket: dict[str, Any]) -> dict[str, Any]:
        owner = USERS[ticket["Owner"]][0]
        links = [{"ref": "self"}, *([{"ref": "comment"}] if self.may_write else [])]
        return ticket | {
            "Owner": _user(owner) | {"Name": owner},
            "Queue": {"id": ticket["Queue"], "type": "queue", "Name": QUEUES[ticket["Queue"]]},
            "Requestor": [_user(one) for one in ticket["Requestor"]],
            "_hyperlinks": links,
            "changed": "",
        }

    def _transactions(self, args: Any) -> list[dict[str, Any]]:
        query = args["query"]
        wanted = set(re.findall(r"ObjectId = (\d+)", query))
        kinds = set(re.findall(r"Type = '(\w+)'", query))
        (after,) = re.findall(r"\bid > (\d+)", query)
        found = [one for one in self.transactions if int(one["id"]) > int(after) and one["Type"] in kinds]
        found = [one for one in found if not wanted or one["ObjectId"] in wanted]
        for minutes in re.findall(r"Created > '(\d+) minutes ago'", query):
            earliest = (self.now - timedelta(minutes=int(minutes))).strftime("%Y-%m-%dT%H:%M:%SZ")
            found = [one for one in found if one["Created"] > earliest]
        if "MergedInto" in query:
            found = [one for one in found if "MergedInto" in one["Field"] or one["NewValue"] == "deleted"]
        return found


def _user(name: str) -> dict[str, Any]:
    return {"id": {"system": "RT_System"}.get(name, name), "type": "user"}


def _page(rows: list[dict[str, Any]], args: Any, *, total: bool = True) -> dict[str, Any]:
    """Pages of transactions leave out a row that may not be seen, so that a page may be short and not be the last."""
    most = min(int(args.get("per_page", "20")), 100)
    shown = rows[:most] if total or most == 1 or len(rows) <= most else rows[: most - 1]
    return {"items": shown, "count": len(shown), "total": len(rows) if total else None}
