"""What a Chatwoot is asked, and the form of its answers.

Three traits shape the questions. Lists come in counted pages of the server's size, the newest first, so that what
becomes new meanwhile comes twice and what is deleted meanwhile moves the others up: the number of all conversations,
which is told with each page, says so. Moments are whole seconds. A user who may not see something is answered as one
whose token is wrong, so that nothing is asked that an agent may not ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.http import Server
from milepost.connectors.reading import answers_of

NAME: Final = "Chatwoot"
API: Final = "/api/v1"
# So many conversations are on a page, where the server is not told otherwise.
PAGE: Final = 25
# So many messages come at once when they are asked for by the one before.
MESSAGES: Final = 100
CREATED: Final = "created_at"
ACTIVE: Final = "last_activity_at"
ADMINISTRATOR: Final = "administrator"

Row = dict[str, Any]


class Chatwoot:
    """One account on a server, and the names that were looked up in it."""

    def __init__(self, server: Server, account: str) -> None:
        self._server = server
        self._wanted = account

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    @property
    def is_administrator(self) -> bool:
        """Whether the user of the token is an administrator of the account."""
        with answers_of(NAME):
            return bool(self._account["role"] == ADMINISTRATOR)

    @cached_property
    def _account(self) -> Row:
        """The account that is read; refuses one that the user is not in."""
        profile = self._server.json(f"{API}/profile")
        with answers_of(NAME):
            accounts = {str(one["id"]): dict(one) for one in profile["accounts"]}
            wanted = self._wanted or (next(iter(accounts)) if len(accounts) == 1 else "")
        if wanted not in accounts:
            raise SourceFailed(
                gettext_noop("The user of the token is in the accounts %(accounts)s. Enter the number of one of them."),
                permanent=True,
                accounts=", ".join(accounts) or "–",
            )
        return accounts[wanted]

    @cached_property
    def inboxes(self) -> Mapping[int, Row]:
        """The inboxes that the user of the token sees, by number."""
        rows = self._get("/inboxes")
        with answers_of(NAME):
            return {int(row["id"]): dict(row) for row in rows["payload"]}

    @cached_property
    def agents(self) -> Mapping[int, Row]:
        """Whoever works in the account, by number."""
        rows = self._get("/agents")
        with answers_of(NAME):
            return {int(row["id"]): dict(row) for row in rows}

    @cached_property
    def teams(self) -> Mapping[int, str]:
        """The names of the teams, by number."""
        rows = self._get("/teams")
        with answers_of(NAME):
            return {int(row["id"]): str(row["name"]) for row in rows}

    def members(self, team: int) -> list[int]:
        """Who is in a team, by number."""
        rows = self._get(f"/teams/{team}/team_members")
        with answers_of(NAME):
            return [int(row["id"]) for row in rows]

    def count(self, day: str) -> int:
        """About how many conversations were created after this day."""
        page = self._filtered(CREATED, "is_greater_than", [day])
        with answers_of(NAME):
            return int(page["meta"]["all_count"])

    def newest(self, by: str) -> Row | None:
        """The conversation with the latest of these moments; None where there is none."""
        return next(iter(self._page(1, by)[0]), None)

    def before(self, key: int, told: int) -> Iterator[list[Row]]:
        """Pages of conversations with lower numbers than this, the newest first; `told` is how many are before it."""
        page, count, seen = self._place(key, told), 0, frozenset[int]()
        while True:
            rows, found = self._page(page, CREATED)
            if found < count and page > 1:
                # Some were deleted: as many of the others moved up, past the page that is asked for.
                page, count = max(1, page - -(-(count - found) // PAGE)), found
                continue
            if not rows:
                return
            numbers = [int(row["id"]) for row in rows]
            yield [row for number, row in zip(numbers, rows, strict=True) if number < key and number not in seen]
            page, count, seen = page + 1, found, frozenset(numbers)

    def active(self) -> Iterator[list[Row]]:
        """Pages of conversations, those in which something happened last first."""
        page = 1
        while rows := self._page(page, ACTIVE)[0]:
            yield rows
            page += 1

    def those(self, keys: Sequence[str]) -> Iterator[Row]:
        """Those of these conversations that can be seen."""
        for start in range(0, len(keys), PAGE):
            page = self._filtered("display_id", "equal_to", [int(key) for key in keys[start : start + PAGE]])
            with answers_of(NAME):
                yield from map(dict, page["payload"])

    def is_gone(self, conversation: int) -> bool:
        """Whether there is no such conversation; one that may not be seen any more is there."""
        try:
            return self._server.maybe(f"{self._path}/conversations/{conversation}") is None
        except SourceFailed as failure:
            if not failure.permanent:
                raise
            return False

    def messages(self, conversation: int) -> list[Row] | None:
        """All that was written in a conversation and that happened to it, in its order; None where it is gone."""
        found: list[Row] = []
        while True:
            after = str(found[-1]["id"]) if found else "0"
            page = self._server.maybe(f"{self._path}/conversations/{conversation}/messages", {"after": after})
            if page is None:
                return None
            with answers_of(NAME):
                rows = sorted(map(dict, page["payload"]), key=lambda row: int(row["id"]))
                found += rows
            if len(rows) < MESSAGES:
                return found

    def ratings(self) -> Iterator[Row]:
        """What customers answered when they were asked how it was, the newest first."""
        page = 1
        while rows := self._get("/csat_survey_responses", {"sort": "-created_at", "page": str(page)}):
            with answers_of(NAME):
                yield from map(dict, rows)
            page += 1

    def _place(self, key: int, told: int) -> int:
        """The page on which conversations below this number begin, or one before it."""
        page = told // PAGE + 1
        while page > 1:
            rows, _ = self._page(page, CREATED)
            with answers_of(NAME):
                if rows and max(int(row["id"]) for row in rows) >= key:
                    return page
            page -= 1
        return page

    def _page(self, page: int, by: str) -> tuple[list[Row], int]:
        """Conversations of any status, the latest first, and how many there are in all."""
        asked = {"status": "all", "sort_by": f"{by}_desc", "page": str(page)}
        found = self._get("/conversations", asked)
        with answers_of(NAME):
            rows = [dict(row) for row in found["data"]["payload"]]
            moments = [int(row[by]) for row in rows]
            if moments != sorted(moments, reverse=True):
                # A version that does not know the order leaves it out.
                raise ValueError(f"sort_by {by}_desc")
            return rows, int(found["data"]["meta"]["all_count"])

    def _filtered(self, name: str, operator: str, values: Sequence[object]) -> Any:
        condition = {"attribute_key": name, "filter_operator": operator, "values": values, "query_operator": None}
        return self._server.json(f"{self._path}/conversations/filter", body={"payload": [condition]})

    def _get(self, path: str, asked: Mapping[str, str] | None = None) -> Any:
        return self._server.json(f"{self._path}{path}", asked)

    @property
    def _path(self) -> str:
        return f"{API}/accounts/{self._account['id']}"
