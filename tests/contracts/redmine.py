"""A strict Redmine on this machine: keeps journals as the real one does, refuses what it does not know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug import Request, Response

from milepost.testing.strict_desk import StrictDesk

KEY: Final = "let-me-read-0123456789abcdef"
PROJECTS: Final = {1: "Support", 2: "Billing"}
STATUSES: Final = {"new": 1, "open": 2, "resolved": 3, "feedback": 4, "closed": 5}
NAMES: Final = {1: "New", 2: "In Progress", 3: "Resolved", 4: "Feedback", 5: "Closed"}
PEOPLE: Final = {"celina": 5, "dawid": 6, "carol": 8, "milepost": 9, "Frontline": 11}
AGENT, REPORTER, READER = 3, 4, 5
PERMISSIONS: Final = {
    AGENT: ["view_issues", "edit_issues", "add_issue_notes"],
    REPORTER: ["view_issues", "add_issues", "add_issue_notes"],
    READER: ["view_issues", "view_members"],
}
MEMBERS: Final = {"Frontline": AGENT, "celina": AGENT, "dawid": AGENT, "carol": REPORTER, "milepost": READER}
# What each address may be asked.
FILTERS: Final = frozenset({"status_id", "sort", "limit", "issue_id", "created_on", "updated_on"})
KNOWN: Final = {
    "users/current": {"include"},
    "issues": FILTERS | {"project_id", "subproject_id"},
    "issue": {"include"},
    "projects": {"status", "limit", "offset"},
    "memberships": {"limit", "offset"},
}


@dataclass
class StrictRedmine(StrictDesk):
    """What it holds, and what it answers next in the place of an answer. It tells no moment of its own."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    token: str = KEY
    # Filters that it leaves out silently.
    ignores: set[str] = field(default_factory=set)

    make = "redmine"
    # How the customer is called in what it answers.
    customer = "8"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*"), method="GET").respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        return {"address": f"http://127.0.0.1:{self.server.port}", "token": KEY, "since": "2020-01-01"}

    def opens(self, *, by: str = "carol", queue: str = "1") -> str:
        """A customer writes."""
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "id": number,
            "author": _principal(by),
            "status_id": 1,
            "project_id": int(queue),
            "priority_id": 2,
            "assigned_to_id": None,
            "subject": "printer",
            "description": "help",
            "created_on": self._moment(),
            "updated_on": self._moment(),
            "journals": [],
        }
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public note; what the system sends is no note at all."""
        if by != "system":
            self._journal(ticket, by, notes="text")

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self._journal(ticket, by, notes="text", private=True)

    def reopens(self, ticket: str) -> None:
        """The customer writes; whoever reads it opens the ticket again."""
        self.answers_ticket(ticket, by="carol")
        self.becomes(ticket, "open", by="dawid")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person or to a group."""
        self._changes(ticket, by, "assigned_to_id", PEOPLE[to])

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another project."""
        self._changes(ticket, by, "project_id", int(queue))

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self._changes(ticket, by, "status_id", STATUSES[status])

    def shreds(self, ticket: str) -> None:
        """It never was: nothing tells of a deletion."""
        del self.tickets[int(ticket)]

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _changes(self, ticket: str, by: str, name: str, new: int) -> None:
        was, self.tickets[int(ticket)][name] = self.tickets[int(ticket)][name], new
        change = {"property": "attr", "name": name, "old_value": None if was is None else str(was)}
        self._journal(ticket, by, details=[change | {"new_value": str(new)}])

    def _journal(self, ticket: str, by: str, *, notes: str = "", private: bool = False, details: Any = ()) -> None:
        """The newest comes first, as a user may wish it."""
        row = self.tickets[int(ticket)]
        row["updated_on"] = self._moment()
        journal = {"id": 1 + sum(len(one["journals"]) for one in self.tickets.values()), "user": _principal(by)}
        journal |= {"notes": notes or None, "private_notes": private, "created_on": self._moment()}
        row["journals"].insert(0, journal | {"details": list(details)})

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        known = request.headers.get("X-Redmine-API-Key") == self.token
        if self.answers and known:
            return self.answers.pop(0)
        path, dot, _ = request.path.removeprefix("/").rpartition(".json")
        if not dot:
            return Response("", status=404)
        if not known:
            # Nobody may see the public projects, of which there are none.
            status = 200 if path == "issues" else 401
            return Response(json.dumps({"issues": [], "total_count": 0}), status=status)
        document = self._document(path, request.args)
        return Response(json.dumps(document or {}), status=200 if document else 404, content_type="application/json")

    def _document(self, path: str, args: Any) -> dict[str, Any] | None:
        kind, _, key = path.partition("/")
        single = {"issues": "issue", "projects": "memberships", "roles": "role", "users": "user"}
        what = path if path in KNOWN else single.get(kind, kind) if key else kind
        if unknown := set(args) - set(KNOWN.get(what, ())):
            raise AssertionError(unknown)
        if key and path not in KNOWN and kind in single:
            return self._one(kind, key, args)
        lists: dict[str, Callable[[], dict[str, Any]]] = {
            "users/current": lambda: {"user": self._user(9) | {"memberships": self._our_memberships(args)}},
            "issues": lambda: self._search(args),
            "projects": lambda: _page("projects", [_project(one) for one in PROJECTS], args),
            "issue_statuses": lambda: {"issue_statuses": [_status(one) for one in NAMES]},
            "trackers": lambda: {"trackers": [{"id": 3, "default_status": {"id": 1, "name": "New"}}]},
            "roles": lambda: {"roles": [_role(one) for one in PERMISSIONS]},
            "enumerations": lambda: {"issue_priorities": [{"id": 2, "name": "Normal"}]},
        }
        return lists[path if path in lists else kind]()

    def _one(self, kind: str, key: str, args: Any) -> dict[str, Any] | None:
        if kind == "issues":
            ticket, journals = self.tickets.get(int(key)), args.get("include") == "journals"
            return None if ticket is None else {"issue": self._shown(ticket, journals=journals)}
        if kind == "users":
            return {"user": self._user(int(key))}
        if kind == "roles":
            return {"role": {"id": int(key), "permissions": PERMISSIONS[int(key)]}}
        members = [
            {"group" if name == "Frontline" else "user": _principal(name), "roles": [_role(role)]}
            for name, role in MEMBERS.items()
        ]
        return _page("memberships", members, args)

    def _our_memberships(self, args: Any) -> list[dict[str, Any]]:
        role = AGENT if self.may_write else READER
        return [{"roles": [{"id": role}]}] if args.get("include") == "memberships" else []

    @staticmethod
    def _user(number: int) -> dict[str, Any]:
        return {"id": number, "admin": False, "api_key": KEY}

    def _search(self, args: Any) -> dict[str, Any]:
        """Without a status only open ones are found; moments are compared as texts of one form."""
        anything = args.get("status_id") == "*"
        found = [one for one in self.tickets.values() if anything or one["status_id"] != STATUSES["closed"]]
        for name in ("created_on", "updated_on"):
            after = args.get(name, ">=").removeprefix(">=")
            found = [one for one in found if one[name] >= after]
        asked = ">=0" if "issue_id" in self.ignores else args.get("issue_id", ">=0")
        if bound := re.fullmatch(r"([<>])=(\d+)", asked):
            sign = 1 if bound[1] == ">" else -1
            found = [one for one in found if sign * one["id"] >= sign * int(bound[2])]
        else:
            found = [one for one in found if str(one["id"]) in asked.split(",")]
        by, _, order = args.get("sort", "id:desc").partition(":")
        found.sort(key=lambda one: one[by], reverse=order == "desc")
        shown = [self._shown(one) for one in found]
        return _page("issues", shown, args)

    @staticmethod
    def _shown(ticket: dict[str, Any], *, journals: bool = False) -> dict[str, Any]:
        """What is in no field is left out; lists never tell journals."""
        hidden = {"status_id", "project_id", "priority_id", "assigned_to_id", "journals"}
        shown = {name: value for name, value in ticket.items() if name not in hidden}
        shown |= {"status": _status(ticket["status_id"]), "priority": {"id": 2, "name": "Normal"}}
        shown |= {"project": {"id": ticket["project_id"], "name": PROJECTS[ticket["project_id"]]}}
        if ticket["assigned_to_id"] is not None:
            name = next(name for name, number in PEOPLE.items() if number == ticket["assigned_to_id"])
            shown["assigned_to"] = _principal(name)
        return shown | ({"journals": ticket["journals"]} if journals else {})


def _principal(name: str) -> dict[str, Any]:
    return {"id": PEOPLE[name], "name": name[0].upper() + name[1:]}


def _status(number: int) -> dict[str, Any]:
    return {"id": number, "name": NAMES[number], "is_closed": number == STATUSES["closed"]}


def _project(number: int) -> dict[str, Any]:
    return {"id": number, "name": PROJECTS[number], "identifier": PROJECTS[number].lower(), "status": 1}


def _page(what: str, rows: list[dict[str, Any]], args: Any) -> dict[str, Any]:
    """No more than a hundred rows, however many are asked for."""
    offset, most = int(args.get("offset", "0")), min(int(args.get("limit", "25")), 100)
    return {what: rows[offset : offset + most], "total_count": len(rows), "offset": offset, "limit": most}


def _role(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"Role {number}"}
