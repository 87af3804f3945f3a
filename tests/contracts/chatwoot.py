"""A strict Chatwoot on this machine, made from what is known of its answers; refuses what it does not know."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from milepost.testing.strict_desk import StrictDesk

ACCOUNT: Final = 3
CELINA, DAWID, CAROL, BOT = 11, 12, 21, 31
NAMES: Final = {CELINA: "Celina", DAWID: "Dawid", CAROL: "Carol", BOT: "Answerer"}
USERS: Final = {"celina": CELINA, "dawid": DAWID, "carol": CAROL, "bot": BOT, "system": 0}
INBOXES: Final = {1: "Support", 2: "Billing"}
TEAM: Final = {"id": 5, "name": "Frontline"}
WORDS: Final = {"resolved": "resolved", "feedback": "snoozed", "new": "pending", "open": "open"}
SENTENCES: Final = {
    "resolved": "Conversation was marked resolved by {}",
    "snoozed": "Conversation was snoozed by {}",
    "pending": "Conversation was marked as pending by {}",
    "open": "Conversation was reopened by {}",
}
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)
PAGE, MESSAGES = 25, 100
SORTS: Final = {"created_at_desc": "created_at", "last_activity_at_desc": "last_activity_at"}


@dataclass
class StrictChatwoot(StrictDesk):
    """What it holds, and what it answers next in the place of an answer."""

    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    # Conversations in inboxes that the user of the token is no member of any more.
    hidden: set[int] = field(default_factory=set)
    # Every token may write.
    may_write: bool = True
    role: str = "administrator"
    accounts: tuple[int, ...] = (ACCOUNT,)
    inboxes: dict[int, str] = field(default_factory=lambda: dict(INBOXES))
    # Whether it knows the orders, tells the status beside a sentence, and what language the sentences are in.
    sorts: bool = True
    tells_status: bool = False
    speaks: str = "English"
    agents: tuple[int, ...] = (CELINA, DAWID)
    names: dict[int, str] = field(default_factory=lambda: dict(NAMES))
    # What happens when the next page is asked for.
    meanwhile: list[Any] = field(default_factory=list)

    make = "chatwoot"
    warns = ("Token valid",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.server.expect_request(re.compile("/api/v1/.*")).respond_with_handler(self._answer)

    def opens(self, *, queue: str = "1", by: str = "carol", **more: Any) -> str:
        """A customer writes in an inbox."""
        number = max(self.conversations, default=0) + 1
        self.conversations[number] = {
            "id": number,
            "account_id": ACCOUNT,
            "inbox_id": int(queue),
            "status": "open",
            "priority": None,
            "labels": [],
            "assignee": None,
            "team": None,
            "created_at": self._moment(),
        }
        self.conversations[number] |= more
        self.writes(str(number), by=by)
        return str(number)

    def writes(self, ticket: str, *, by: str, **more: Any) -> None:
        """A message."""
        kinds = {CAROL: ("contact", INCOMING), BOT: ("agent_bot", OUTGOING), 0: ("", TEMPLATE)}
        sender, kind = kinds.get(USERS[by], ("user", OUTGOING))
        told = {"id": USERS[by], "name": self.names[USERS[by]], "type": sender} if sender else None
        self._adds(ticket, kind, f"{by} writes", sender=told, **more)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message."""
        self.writes(ticket, by=by)

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.writes(ticket, by=by, private=True)

    def happens(self, ticket: str, sentence: str, **activity: str) -> None:
        """A sentence of what happened."""
        told = {"activity": activity} if activity and self.tells_status else {}
        text = sentence if self.speaks == "English" else "Coś się stało"
        self._adds(ticket, ACTIVITY, text, sender=None, content_attributes=told)

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person."""
        self.pass_(seconds=1)
        self.conversations[int(ticket)]["assignee"] = USERS[to]
        whom, who = self.names[USERS[to]], self.names[USERS[by]]
        own = f"{who} self-assigned this conversation"
        self.happens(ticket, own if to == by else f"Assigned to {whom} by {who}")

    def moves(self, ticket: str, _queue: str, *, by: str) -> None:
        """Conversations stay in their inbox; they are given to a team."""
        self.pass_(seconds=1)
        self.conversations[int(ticket)]["team"] = TEAM
        self.happens(ticket, f"Assigned to {TEAM['name']} by {self.names[USERS[by]]}")

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self.pass_(seconds=1)
        word = self.conversations[int(ticket)]["status"] = WORDS[status]
        sentence = SENTENCES[word].format(self.names[USERS[by]])
        self.happens(ticket, sentence, type="conversation_status_changed", status=word)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the conversation again without a word."""
        self.conversations[int(ticket)]["status"] = "open"
        self.writes(ticket, by="carol")

    def rates(self, ticket: str, stars: int) -> None:
        """The customer is asked, and answers later, which is no activity."""
        self._adds(ticket, TEMPLATE, "Please rate", sender=None, content_type="input_csat")
        asked = self.messages[-1]
        self.pass_(hours=1)
        asked["content_attributes"] = {"submitted_values": {"csat_survey_response": {"rating": stars}}}
        row = {"id": len(self.ratings) + 1, "rating": stars, "message_id": asked["id"], "conversation_id": int(ticket)}
        self.ratings.append(row | {"contact": {"name": "Carol"}, "created_at": self._moment()})

    def shreds(self, ticket: str) -> None:
        """It never was."""
        del self.conversations[int(ticket)]

    def _moment(self) -> int:
        return int(self.now.timestamp())

    def _adds(self, ticket: str, kind: int, text: str, **more: Any) -> None:
        row = {"id": len(self.messages) + 1, "conversation_id": int(ticket), "message_type": kind, "content": text}
        row |= {"content_type": "text", "private": False, "content_attributes": {}, "created_at": self._moment()}
        self.messages.append(row | more)
        self.conversations[int(ticket)]["last_activity_at"] = self._moment()

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("api-access-token") != self.token:
            return Response('{"error": "Invalid Access Token"}', status=401)
        if self.answers:
            return self.answers.pop(0)
        try:
            document = self._document(request)
        except NotFound:
            return Response('{"error": "Resource could not be found"}', status=404)
        except PermissionError:
            return Response('{"error": "You are not authorized to do this action"}', status=401)
        return Response(json.dumps(document), content_type="application/json")

    def _document(self, request: Request) -> Any:
        asked = dict(request.args)
        if request.path == "/api/v1/profile":
            assert not asked
            return {"id": 99, "accounts": [{"id": one, "role": self.role} for one in self.accounts]}
        path = request.path.removeprefix(f"/api/v1/accounts/{ACCOUNT}/").split("/")
        if request.method == "POST":
            assert (path, asked) == (["conversations", "filter"], {})
            return self._filtered(request.get_json())
        match path:
            case ["conversations"]:
                return {"data": self._listed(asked)}
            case ["conversations", number, "messages"]:
                return {"meta": {}, "payload": self._written(self._seen(number)["id"], asked)}
            case ["csat_survey_responses"]:
                return self._rated(asked)
        assert not asked
        return self._looked_up(path)

    def _looked_up(self, path: list[str]) -> Any:
        match path:
            case ["inboxes"]:
                return {"payload": [{"id": one, "name": name} for one, name in self.inboxes.items()]}
            case ["agents"]:
                return [self._user(one) for one in self.agents]
            case ["teams"]:
                return [TEAM]
            case ["conversations", number]:
                return self._shown(self._seen(number))
            case ["teams", "5", "team_members"]:
                return [self._user(CELINA)]
        raise AssertionError(path)

    def _filtered(self, asked: dict[str, Any]) -> dict[str, Any]:
        (condition,) = asked.pop("payload")
        assert not asked
        assert condition.pop("query_operator") is None
        values, rows = condition.pop("values"), self._visible()
        match condition:
            case {"attribute_key": "created_at", "filter_operator": "is_greater_than"}:
                rows = [one for one in rows if _day(one["created_at"]) > date.fromisoformat(values[0])]
            case {"attribute_key": "display_id", "filter_operator": "equal_to"}:
                assert values
                rows = [one for one in rows if one["id"] in values]
            case _:
                raise AssertionError(condition)
        rows.sort(key=lambda one: one["last_activity_at"], reverse=True)
        return {"meta": {"all_count": len(rows)}, "payload": [self._shown(one) for one in rows[:PAGE]]}

    def _listed(self, asked: dict[str, str]) -> dict[str, Any]:
        assert set(asked) == {"status", "sort_by", "page"}
        assert asked["status"] == "all"
        if self.meanwhile and int(asked["page"]) > 1:
            self.meanwhile.pop(0)()
        by = SORTS[asked["sort_by"]] if self.sorts else "last_activity_at"
        rows = sorted(self._visible(), key=lambda one: (one[by], one["id"]), reverse=True)
        start = (int(asked["page"]) - 1) * PAGE
        shown = [self._shown(one) for one in rows[start : start + PAGE]]
        return {"meta": {"all_count": len(rows)}, "payload": shown}

    def _visible(self) -> list[dict[str, Any]]:
        return [one for number, one in self.conversations.items() if number not in self.hidden]

    def _seen(self, number: str) -> dict[str, Any]:
        if int(number) not in self.conversations:
            raise NotFound
        if int(number) in self.hidden:
            raise PermissionError
        return self.conversations[int(number)]

    def _written(self, conversation: int, asked: dict[str, str]) -> list[dict[str, Any]]:
        assert set(asked) == {"after"}
        rows = [one for one in self.messages if one["conversation_id"] == conversation]
        return [one for one in rows if one["id"] > int(asked["after"])][:MESSAGES]

    def _rated(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        if self.role != "administrator":
            raise PermissionError
        assert set(asked) == {"sort", "page"}
        assert asked["sort"] == "-created_at"
        start = (int(asked["page"]) - 1) * PAGE
        return self.ratings[::-1][start : start + PAGE]

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """With those whom it concerns, customers too."""
        left = {name: value for name, value in row.items() if name not in {"assignee", "team"}}
        meta = {"sender": {"name": "Carol", "email": "carol@example.net"}, "channel": "Channel::Email"}
        meta |= {"assignee": self._user(row["assignee"])} if row["assignee"] else {}
        meta |= {"team": row["team"]} if row["team"] else {}
        return left | {"meta": meta, "messages": []}

    def _user(self, number: int) -> dict[str, Any]:
        name = self.names[number]
        return {"id": number, "name": name, "available_name": name, "email": f"{name.casefold()}@example.com"}


def _day(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()
