"""A strict Jira Service Management on this machine, made from what Atlassian documents; refuses all else."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import TOKEN, StrictDesk

EMAIL: Final = "milepost@example.com"
NAMES: Final = {
    "system": "Automation for Jira",
    "celina": "Celina",
    "dawid": "Dawid",
    "carol": "Carol",
    "ewa": "Ewa",
}
KINDS: Final = {"system": "app", "carol": "customer"}
PROJECTS: Final = {10001: ("SUP", "Support"), 10002: ("BIL", "Billing")}
STATUSES: Final = {
    1: ("Open", "new"),
    3: ("Work in progress", "indeterminate"),
    5: ("Resolved", "done"),
    6: ("Closed", "done"),
    7: ("Waiting for customer", "indeterminate"),
    8: ("With the supplier", "indeterminate"),
}
CATEGORIES: Final = [
    {"id": str(one), "name": name, "statusCategory": {"key": key}} for one, (name, key) in STATUSES.items()
]
ME: Final = {"accountId": "5b10-m", "accountType": "atlassian", "emailAddress": EMAIL, "timeZone": "CET"}
WORDS: Final = {"new": 1, "open": 3, "resolved": 5, "closed": 6, "feedback": 7, "supplier": 8}
FIELDS: Final = {"created", "updated", "resolutiondate", "project", "status", "priority"} | {
    *("assignee", "reporter", "creator", "comment")
}
PERMISSIONS: Final = {"ADD_COMMENTS", "ASSIGN_ISSUES", "CREATE_ISSUES", "DELETE_ISSUES", "EDIT_ISSUES"} | {
    *("TRANSITION_ISSUES", "ADMINISTER_PROJECTS", "ADMINISTER")
}
CHANNEL: Final = "request.channel.type"
JQL: Final = re.compile(
    r"project in \((?P<projects>[0-9, ]+)\) AND issuetype in standardIssueTypes\(\) "
    r"AND (?P<name>created|updated) (?P<operator>>=|<=) (?P<at>\d+)"
    r"(?: ORDER BY (?P<by>created|updated) (?P<direction>ASC|DESC), key (?P<second>ASC|DESC))?"
)
# What is handed out at once: tickets with their fields, changes and comments of a search, tickets asked for together.
MOST, CHANGES, COMMENTS, TOGETHER = 100, 40, 20, 100
HALF_TOLD: Final = {"maxResults": 5000, "startAt": 0}


@dataclass
class StrictJira(StrictDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # The numbers of the projects that the account may browse.
    browses: tuple[int, ...] = tuple(PROJECTS)
    # Whoever tickets can be assigned to, and whose account was closed.
    agents: tuple[str, ...] = ("celina", "dawid")
    closed: set[str] = field(default_factory=set)
    most: int = MOST
    # What is asked with the token of a page must be what was asked for the first one.
    pages: dict[str, tuple[dict[str, Any], int]] = field(default_factory=dict)
    next_number: int = 1

    make = "jira"
    teams = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        address = f"http://127.0.0.1:{self.server.port}"
        return {"address": address, "email": EMAIL, "token": TOKEN, "since": "2020-01-01"}

    def opens(self, *, queue: str = "1", by: str = "carol", to: str = "carol", channel: str = "portal") -> str:
        """A customer asks, or somebody asks for one."""
        number = max(self.tickets, default=0) + 1
        self.tickets[number] = {
            "created": self._moment(),
            "updated": self._moment(),
            "resolutiondate": None,
            "project": 10000 + int(queue),
            "status": WORDS["new"],
            "assignee": None,
            "reporter": to,
            "creator": by,
            "priority": "Medium",
            "channel": channel,
        }
        self.changes[number], self.comments[number] = [], []
        return str(number)

    def writes(self, ticket: str, *, by: str, public: bool = True, **more: Any) -> None:
        """A comment."""
        self.comments[int(ticket)].append(
            {
                "id": str(self._number()),
                "author": self._user(by),
                "body": {"type": "doc", "version": 1, "content": []},
                "created": self._moment(),
                "jsdPublic": public,
                **more,
            }
        )
        self.tickets[int(ticket)]["updated"] = self._moment()

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public comment."""
        self.writes(ticket, by=by)

    def notes(self, ticket: str, *, by: str) -> None:
        """A comment that customers do not see."""
        self.writes(ticket, by=by, public=False)

    def reopens(self, ticket: str) -> None:
        """The customer writes, and a rule opens the ticket again."""
        self.writes(ticket, by="carol")
        self.becomes(ticket, "open", by="system")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person."""
        was, self.tickets[int(ticket)]["assignee"] = self.tickets[int(ticket)]["assignee"], to
        before = {"from": was and self._account(was), "fromString": was and NAMES[was]}
        self._happens(ticket, by, [self._item("assignee", **before, to=self._account(to), toString=NAMES[to])])

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status; one that is done has its moment."""
        one, number = self.tickets[int(ticket)], WORDS[status]
        was, one["status"] = one["status"], number
        one["resolutiondate"] = self._moment() if STATUSES[number][1] == "done" else None
        told = {"from": str(was), "fromString": STATUSES[was][0], "to": str(number), "toString": STATUSES[number][0]}
        done = self._item("resolution", **{"from": None, "fromString": None}, to="10000", toString="Done")
        self._happens(ticket, by, [*([done] if one["resolutiondate"] else []), self._item("status", **told)])

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another project, which gives it another key."""
        number = 10000 + int(queue)
        was, self.tickets[int(ticket)]["project"] = self.tickets[int(ticket)]["project"], number
        told = {"from": str(was), "fromString": PROJECTS[was][1], "to": str(number), "toString": PROJECTS[number][1]}
        keys = {"from": "", "fromString": f"{PROJECTS[was][0]}-{ticket}", "to": ""}
        key = self._item("Key", **keys, toString=f"{PROJECTS[number][0]}-{ticket}")
        self._happens(ticket, by, [self._item("project", **told), key])

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.tickets[int(ticket)]

    @staticmethod
    def _item(name: str, **told: Any) -> dict[str, Any]:
        return {"field": name, "fieldtype": "jira", "fieldId": name, **told}

    def _happens(self, ticket: str, by: str, items: list[dict[str, Any]]) -> None:
        self.tickets[int(ticket)]["updated"] = self._moment()
        row = {"id": str(self._number()), "author": self._user(by), "created": self._moment(), "items": items}
        self.changes[int(ticket)].append(row)

    def _number(self) -> int:
        self.next_number += 1
        return self.next_number

    def _moment(self) -> str:
        """With the offset of whoever asks, as Jira tells moments."""
        moment = self.now + timedelta(hours=1)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0100"

    @staticmethod
    def _account(name: str) -> str:
        return f"qm:{name[:1]}" if name == "carol" else f"5b10-{name[:1]}"

    def _user(self, name: str) -> dict[str, Any]:
        """Those outside keep their e-mail to themselves."""
        address = {"emailAddress": f"{name}@example.com"} if name in {"celina", "dawid"} else {}
        kind = KINDS.get(name, "atlassian")
        told = {"accountId": self._account(name), "accountType": kind, "displayName": NAMES[name], **address}
        return told | {"active": name not in self.closed}

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        wanted = "Basic " + b64encode(f"{EMAIL}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != wanted:
            # Some questions are answered to everybody, with nothing in it.
            everybody = {"/rest/api/3/project/search": '{"values": [], "isLast": true, "total": 0}'}
            return Response(everybody.get(request.path, "{}"), status=200 if request.path in everybody else 401)
        if self.answers:
            return self.answers.pop(0)
        try:
            document = self._document(request)
        except NotFound:
            return Response('{"errorMessages": ["Issue does not exist or you do not have permission to see it."]}', 404)
        return Response(json.dumps(document), content_type="application/json")

    def _document(self, request: Request) -> Any:
        path, asked = request.path.removeprefix("/rest/api/3/"), dict(request.args)
        if request.method == "POST":
            assert asked == {}
            return self._posted(path, request.get_json())
        if path.startswith("issue/"):
            return self._issue(path.split("/")[1:], asked)
        match path:
            case "project/search":
                return self._projects(asked)
            case "mypermissions":
                keys = asked.pop("permissions").split(",")
                assert set(keys) <= PERMISSIONS
                told: Any = {"permissions": {key: {"key": key, "havePermission": self.may_write} for key in keys}}
            case "user":
                told = next(self._user(name) for name in NAMES if self._account(name) == asked["accountId"])
                del asked["accountId"]
            case "user/assignable/search":
                assert asked.pop("project") in {PROJECTS[number][0] for number in self.browses}
                assert (asked.pop("startAt"), asked.pop("maxResults")) == ("0", "1000")
                told = [self._user(name) for name in (*self.agents, "system")]
            case _:
                told = {"myself": ME, "status": CATEGORIES}[path]
        assert asked == {}
        return told

    def _issue(self, path: list[str], asked: dict[str, str]) -> Any:
        number = self._seen(path[0])
        match path[1:]:
            case []:
                assert asked == {"fields": "created"}
                return self._shown(number, {"created"})
            case ["changelog"]:
                return self._rest(asked, "values", self.changes[number])
            case ["comment"]:
                return self._rest(asked, "comments", self.comments[number])
        raise AssertionError(path)

    def _posted(self, path: str, asked: dict[str, Any]) -> Any:
        match path:
            case "search/jql":
                return self._search(asked)
            case "search/approximate-count":
                assert set(asked) == {"jql"}
                return {"count": len(self._found(asked["jql"]))}
            case "issue/bulkfetch":
                assert set(asked) == {"issueIdsOrKeys", "fields"}
                assert len(asked["issueIdsOrKeys"]) <= TOGETHER
                there = [int(key) for key in asked["issueIdsOrKeys"] if self._is_seen(int(key))]
                return {"issues": [self._shown(one, set(asked["fields"])) for one in there], "issueErrors": []}
        raise AssertionError(path)

    def _projects(self, asked: dict[str, str]) -> Any:
        assert set(asked) == {"typeKey", "startAt", "maxResults"}
        assert asked["typeKey"] == "service_desk"
        assert int(asked["maxResults"]) <= 100
        rows = [{"id": str(one), "key": PROJECTS[one][0], "name": PROJECTS[one][1]} for one in self.browses]
        start = int(asked["startAt"])
        # One at a time, so that pages are read to their end.
        return {"values": rows[start : start + 1], "isLast": start + 1 >= len(rows), "total": len(rows)}

    def _rest(self, asked: dict[str, str], name: str, rows: list[dict[str, Any]]) -> Any:
        assert set(asked) == {"startAt", "maxResults"}
        assert int(asked["maxResults"]) <= 100
        start = int(asked["startAt"])
        return {name: rows[start : start + int(asked["maxResults"])], "startAt": start, "total": len(rows)}

    def _search(self, asked: dict[str, Any]) -> Any:
        assert not set(asked) - {"jql", "maxResults", "fields", "properties", "expand", "nextPageToken"}, asked
        assert set(asked["fields"]) <= FIELDS
        assert asked.get("properties", [CHANNEL]) == [CHANNEL]
        assert asked.get("expand", "changelog") == "changelog"
        assert 1 <= asked["maxResults"] <= 5000
        token, question = asked.pop("nextPageToken", None), asked
        same, start = self.pages[token] if token else (question, 0)
        assert same == question, "A page goes on with another question."
        found = self._found(asked["jql"])
        end = start + min(asked["maxResults"], self.most)
        page: dict[str, Any] = {
            "issues": [self._shown(one, set(asked["fields"]), whole="expand" in asked) for one in found[start:end]]
        }
        if end < len(found):
            page["nextPageToken"] = f"page-{len(self.pages)}"
            self.pages[page["nextPageToken"]] = (question, end)
        return page | {"isLast": end >= len(found)}

    def _found(self, jql: str) -> list[int]:
        """Bounds are rounded to the minute."""
        asked = JQL.fullmatch(jql)
        assert asked, jql
        projects = {int(one) for one in asked["projects"].split(", ")}
        assert projects <= set(self.browses)
        bound = datetime.fromtimestamp(int(asked["at"]) // 60_000 * 60, UTC)
        after = asked["operator"] == ">="
        found = [
            number
            for number, one in self.tickets.items()
            if one["project"] in projects
            and (_time(one[asked["name"]]) >= bound if after else _time(one[asked["name"]]) <= bound)
        ]
        if asked["by"]:
            assert asked["direction"] == asked["second"]
            by = str(asked["by"])
            found.sort(key=lambda one: (_time(self.tickets[one][by]), one), reverse=asked["direction"] == "DESC")
        return found

    def _is_seen(self, number: int) -> bool:
        return number in self.tickets and self.tickets[number]["project"] in self.browses

    def _seen(self, number: str) -> int:
        if not self._is_seen(int(number)):
            raise NotFound
        return int(number)

    def _shown(self, number: int, fields: set[str], *, whole: bool = False) -> dict[str, Any]:
        one = self.tickets[number]
        status, project = one["status"], one["project"]
        told = {
            **{name: one[name] for name in ("created", "updated", "resolutiondate")},
            **{name: one[name] and self._user(one[name]) for name in ("assignee", "reporter", "creator")},
            "project": {"id": str(project), "key": PROJECTS[project][0], "name": PROJECTS[project][1]},
            "status": {"id": str(status), "name": STATUSES[status][0], "statusCategory": {"key": STATUSES[status][1]}},
            "priority": {"id": "3", "name": one["priority"]},
            "comment": HALF_TOLD | {"comments": self.comments[number][-COMMENTS:], "total": len(self.comments[number])},
        }
        row: dict[str, Any] = {"id": str(number), "key": f"{PROJECTS[project][0]}-{number}"}
        row |= {"fields": {name: told[name] for name in fields}}
        if whole:
            histories = self.changes[number][::-1][:CHANGES]
            row |= {"changelog": HALF_TOLD | {"histories": histories, "total": len(self.changes[number])}}
            row |= {"properties": {CHANNEL: {"value": one["channel"]}}}
        return row


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
