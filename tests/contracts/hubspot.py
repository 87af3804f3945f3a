"""A strict HubSpot on this machine, made from what is known of its answers; refuses what it does not know."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import StrictDesk

TOKEN: Final = "pat-eu1-let-me-read"
# Numbers of owners, and of their users.
OWNERS: Final = {"celina": ("51", 901), "dawid": ("52", 902)}
STAGES: Final = {"new": "1", "feedback": "2", "open": "3", "resolved": "4"}
LABELS: Final = {"1": "New", "2": "Waiting on contact", "3": "Waiting on us", "4": "Closed"}
PIPELINES: Final = {"1": "Support", "2": "Billing"}
HISTORIES: Final = frozenset({"hs_pipeline", "hs_pipeline_stage", "hubspot_owner_id", "hubspot_team_id"})
PROPERTIES: Final = HISTORIES | {
    "createdate",
    "first_agent_reply_date",
    "hs_first_agent_message_sent_at",
    "hs_first_agent_message_sent_by",
    "hs_lastmodifieddate",
    "hs_merged_object_ids",
    "hs_object_id",
    "hs_conversations_originating_thread_id",
    "hs_object_source",
    "hs_ticket_priority",
}
SEARCHED: Final = {"filterGroups", "sorts", "properties", "limit", "after"}
# What is asked for at once, and how far a search goes.
PAGE, WITH_HISTORY, WITHOUT, END = 200, 50, 100, 10_000


@dataclass
class StrictHubSpot(StrictDesk):
    """What it holds, and what it answers next in the place of an answer."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    # What was merged leads to where it went.
    merged: dict[int, int] = field(default_factory=dict)
    # Tickets whose last change no search knows of yet.
    unindexed: set[int] = field(default_factory=set)
    token: str = TOKEN
    # Whether it says which tickets of a batch it does not find; and whom a first reply is told by.
    says_which: bool = True
    finds_none: bool = False
    # Whether the token may read conversations, and what was written in them.
    converses: bool = False
    threads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    replied_by: dict[str, str] = field(default_factory=lambda: {name: owner for name, (owner, _) in OWNERS.items()})

    make = "hubspot"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        return {"address": f"http://127.0.0.1:{self.server.port}", "token": TOKEN, "since": "2020-01-01"}

    @property
    def most_asked(self) -> int:
        """What changed shortly before the newest change is asked for again, each with its conversation."""
        return 80 if self.converses else 20

    def opens(self, *, queue: str = "1", source: str = "EMAIL") -> str:
        """A customer writes."""
        number = max([*self.tickets, *self.merged], default=0) + 1
        properties = {"hs_object_id": str(number), "createdate": self._moment(), "hs_object_source": source}
        self.tickets[number] = {"properties": properties, "histories": {}}
        if source != "CRM_UI":
            properties["hs_conversations_originating_thread_id"] = f"70{number}"
            self.says(str(number), "V-carol", seconds=1)
        self._changes(str(number), "hs_pipeline", queue, by=None)
        self._changes(str(number), "hs_pipeline_stage", STAGES["new"], by=None)
        return str(number)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A ticket tells the first answer of an agent; of all others, only that it changed."""
        told = self._touched(ticket)
        self.says(ticket, f"A-{OWNERS[by][1]}" if by in OWNERS else "V-carol" if by == "carol" else "S-hubspot")
        if by in OWNERS and "hs_first_agent_message_sent_at" not in told:
            told |= {
                "hs_first_agent_message_sent_at": self._moment(),
                "hs_first_agent_message_sent_by": self.replied_by[by],
            }

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        assert by in OWNERS
        self._touched(ticket)
        self.says(ticket, f"A-{OWNERS[by][1]}", type="COMMENT")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        self.says(ticket, "V-carol")
        self._changes(ticket, "hs_pipeline_stage", STAGES["open"], by=None)

    def says(self, ticket: str, by: str, *, seconds: int = 0, **more: Any) -> None:
        """Something in the conversation of the ticket, so many seconds ago."""
        thread = self.tickets[int(ticket)]["properties"].get("hs_conversations_originating_thread_id")
        at = self.now - timedelta(seconds=seconds)
        message = {
            "type": "MESSAGE",
            "createdAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "createdBy": by,
            "senders": [{"actorId": by, "name": by}],
            "direction": "INCOMING" if by.startswith("V-") else "OUTGOING",
            "archived": False,
            "text": f"{by} writes",
        }
        self.threads.setdefault(thread, []).insert(0, message | more)

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person, whose team goes along."""
        self._changes(ticket, "hubspot_owner_id", OWNERS[to][0], by=by)
        self._changes(ticket, "hubspot_team_id", "71", by=None)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another pipeline."""
        self._changes(ticket, "hs_pipeline", queue, by=by)

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another stage."""
        self._changes(ticket, "hs_pipeline_stage", STAGES[status], by=by)

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """It is part of another one, and its number leads there."""
        assert by in OWNERS
        told = self._touched(into)
        told["hs_merged_object_ids"] = ";".join(filter(None, [told.get("hs_merged_object_ids"), ticket]))
        del self.tickets[int(ticket)]
        self.merged[int(ticket)] = int(into)

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.tickets[int(ticket)]

    def _moment(self) -> str:
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _touched(self, ticket: str) -> dict[str, str]:
        told: dict[str, str] = self.tickets[int(ticket)]["properties"]
        told["hs_lastmodifieddate"] = self._moment()
        return told

    def _changes(self, ticket: str, name: str, value: str, *, by: str | None) -> None:
        """The newest comes first; nobody is told where the account itself did it. A person needs a millisecond."""
        self.now += timedelta(milliseconds=1 if by else 0)
        self._touched(ticket)[name] = value
        entry: dict[str, Any] = {
            "value": value,
            "timestamp": self._moment(),
            "sourceType": "CRM_UI" if by else "AUTOMATION_PLATFORM",
        }
        entry |= {"updatedByUserId": OWNERS[by][1]} if by else {}
        self.tickets[int(ticket)]["histories"].setdefault(name, []).insert(0, entry)

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return Response('{"category": "INVALID_AUTHENTICATION"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        try:
            document = self._document(request)
        except NotFound:
            return Response('{"status": "error", "category": "OBJECT_NOT_FOUND"}', status=404)
        status = 207 if "numErrors" in document else 200
        return Response(json.dumps(document), status=status, content_type="application/json")

    def _document(self, request: Request) -> dict[str, Any]:
        match request.method, request.path:
            case "POST", "/crm/v3/objects/tickets/search":
                return self._search(request.get_json())
            case "POST", "/crm/v3/objects/tickets/batch/read":
                return self._read(request.get_json())
            case "POST", "/oauth/v2/private-apps/get/access-token-info":
                assert request.get_json() == {"tokenKey": self.token}
                scopes = ["crm.objects.tickets.read", "crm.objects.owners.read"]
                scopes += ["crm.objects.tickets.write"] * self.may_write + ["conversations.read"] * self.converses
                return {"hubId": 7, "scopes": scopes}
            case "GET", "/crm/v3/pipelines/tickets":
                return {"results": [_pipeline(key) for key in PIPELINES]}
            case "GET", "/crm/v3/owners":
                return self._owners(dict(request.args))
            case "GET", path if path.startswith("/conversations/v3/conversations/threads/") and self.converses:
                return self._messages(path.split("/")[-2:], dict(request.args))
        raise AssertionError(request.method, request.path)

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert not set(asked) - SEARCHED, asked
        assert len(asked["filterGroups"]) <= 1
        assert set(asked["properties"]) <= PROPERTIES
        (sort,) = asked["sorts"]
        start = int(asked.get("after", 0))
        assert 1 <= asked["limit"] <= PAGE
        assert start + asked["limit"] <= END
        filters = [one for group in asked["filterGroups"] for one in group["filters"]]
        assert len(filters) <= 6
        total, found = self._found(filters, sort, slice(start, start + asked["limit"]))
        return {"total": total, "results": [_row(one, asked["properties"]) for one in found]}

    def _found(
        self, filters: Sequence[dict[str, Any]], sort: dict[str, str], part: slice
    ) -> tuple[int, list[dict[str, str]]]:
        """How many tickets meet all conditions, and the properties of a part of them in their order."""
        told = [one["properties"] for key, one in self.tickets.items() if key not in self.unindexed]
        found = [one for one in told if all(_meets(one, condition) for condition in filters)]
        found.sort(key=lambda one: _number(one, sort["propertyName"]), reverse=sort["direction"] == "DESCENDING")
        return len(found), found[part]

    def _ticket(self, number: int) -> dict[str, Any] | None:
        return self.tickets.get(number)

    def _read(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What is not there is told as an error beside what is."""
        assert set(asked) == {"properties", "propertiesWithHistory", "inputs"}, asked
        assert set(asked["properties"]) <= PROPERTIES
        assert set(asked["propertiesWithHistory"]) <= PROPERTIES
        keys = [int(one["id"]) for one in asked["inputs"]]
        assert 1 <= len(keys) <= (WITH_HISTORY if asked["propertiesWithHistory"] else WITHOUT)
        held = {key: self._ticket(self.merged.get(key, key)) for key in keys}
        rows = {}
        for ticket in filter(None, held.values()):
            row = _row(ticket["properties"], asked["properties"])
            told = {one: ticket["histories"].get(one, []) for one in HISTORIES}
            rows[row["id"]] = row | {"propertiesWithHistory": told}
        lost = [str(key) for key, ticket in held.items() if ticket is None]
        if not rows or self.finds_none:
            raise NotFound
        error: dict[str, Any] = {"status": "error", "category": "OBJECT_NOT_FOUND"}
        error |= {"context": {"ids": lost}} if self.says_which else {}
        return {"status": "COMPLETE", "results": [*rows.values()]} | (
            {"numErrors": 1, "errors": [error]} if lost else {}
        )

    def _messages(self, path: list[str], asked: dict[str, str]) -> dict[str, Any]:
        """Two on each page, the newest first."""
        thread, messages = path
        assert messages == "messages"
        assert set(asked) <= {"limit", "after"}
        assert 1 <= int(asked["limit"]) <= 100
        if thread not in self.threads:
            raise NotFound
        start = int(asked.get("after", 0))
        more = {"paging": {"next": {"after": str(start + 2)}}} if start + 2 < len(self.threads[thread]) else {}
        return {"results": self.threads[thread][start : start + 2]} | more

    @staticmethod
    def _owners(asked: dict[str, str]) -> dict[str, Any]:
        """One on each page. Dawid left, and has no team any more."""
        assert set(asked) <= {"limit", "archived", "after"}, asked
        assert 1 <= int(asked["limit"]) <= 500
        name = "dawid" if asked["archived"] == "true" else "celina"
        if "after" not in asked:
            return {"results": [], "paging": {"next": {"after": "1"}}}
        key, user = OWNERS[name]
        owner = {"id": key, "userId": user, "firstName": name.title(), "lastName": "", "email": f"{name}@example.com"}
        teams = {"teams": [{"id": "71", "name": "Frontline", "primary": True}]} if name == "celina" else {}
        return {"results": [owner | teams | {"archived": name == "dawid"}]}


def _pipeline(key: str) -> dict[str, Any]:
    stages = [
        {"id": stage, "label": label, "displayOrder": int(stage), "metadata": {"ticketState": _state(stage)}}
        for stage, label in LABELS.items()
    ]
    return {"id": key, "label": PIPELINES[key], "displayOrder": int(key), "stages": stages, "archived": False}


def _state(stage: str) -> str:
    return "CLOSED" if stage == STAGES["resolved"] else "OPEN"


def _row(told: dict[str, str], properties: list[str]) -> dict[str, Any]:
    """What is asked for, and no more."""
    return {"id": told["hs_object_id"], "properties": {name: told.get(name) for name in properties}}


def _number(told: dict[str, str], name: str) -> int:
    """A number, or a moment in milliseconds."""
    value = told[name]
    return int(value) if value.isdigit() else int(datetime.fromisoformat(value).timestamp() * 1000)


def _meets(told: dict[str, str], condition: dict[str, Any]) -> bool:
    name, operator = condition["propertyName"], condition["operator"]
    assert name in PROPERTIES
    if operator == "IN":
        return told[name] in condition["values"]
    value, bound = _number(told, name), int(condition["value"])
    return {"GTE": value >= bound, "GT": value > bound, "LT": value < bound}[operator]
