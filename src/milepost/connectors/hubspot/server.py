"""What a HubSpot account is asked, and the form of its answers.

Four traits shape the questions. A search ends at 10,000 results, so that none goes beyond its first page: the next one
asks beyond the last number. A search tells no history, so that its tickets are read again, fifty at once. What changed
shows in a search a little later. Only properties that are named are told, so that nothing of customers comes along.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.http import Server
from milepost.connectors.reading import answers_of, seconds

NAME: Final = "HubSpot"
PAGE: Final = 200
# So many tickets are read at once with their history, and so many without.
WITH_HISTORY: Final = 50
WITHOUT: Final = 100
# So many owners are told at once; no list of them has more pages.
OWNERS: Final = 100
LONGEST: Final = 100

TICKETS: Final = "/crm/v3/objects/tickets"
CREATED: Final = "createdate"
CHANGED: Final = "hs_lastmodifieddate"
NUMBER: Final = "hs_object_id"
PIPELINE: Final = "hs_pipeline"
STAGE: Final = "hs_pipeline_stage"
OWNER: Final = "hubspot_owner_id"
TEAM: Final = "hubspot_team_id"
PRIORITY: Final = "hs_ticket_priority"
SOURCE: Final = "hs_object_source"
REPLIED: Final = "hs_first_agent_message_sent_at"
REPLIED_BY: Final = "hs_first_agent_message_sent_by"
EMAILED: Final = "first_agent_reply_date"
MERGED: Final = "hs_merged_object_ids"
# The conversation that a ticket came from, and the right to read those.
THREAD: Final = "hs_conversations_originating_thread_id"
CONVERSATIONS: Final = "conversations.read"
MESSAGES: Final = 100
NOT_FOUND: Final = "OBJECT_NOT_FOUND"
HISTORIES: Final = (PIPELINE, STAGE, OWNER, TEAM, PRIORITY)
TOLD: Final = (CREATED, CHANGED, SOURCE, REPLIED, REPLIED_BY, EMAILED, THREAD)

Row = dict[str, Any]


def where(name: str, operator: str, value: int | str) -> Row:
    """One condition of a search."""
    return {"propertyName": name, "operator": operator, "value": str(value)}


def at(name: str, operator: str, moment: int) -> Row:
    """A condition on a moment, which a search takes in milliseconds."""
    return where(name, operator, moment * 1000)


class HubSpot:
    """One account, and the names that were looked up in it."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._token = token

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """What the token may do."""
        page = self._server.json("/oauth/v2/private-apps/get/access-token-info", body={"tokenKey": self._token})
        return frozenset(map(str, self._of(page, "scopes")))

    def count(self, *conditions: Row) -> int:
        """How many tickets meet these conditions."""
        return int(self._of(self._search(conditions, NUMBER, "DESCENDING", 1), "total"))

    def newest(self, by: str, *conditions: Row) -> int | None:
        """The latest moment of this property; None where no ticket meets the conditions."""
        rows = self._of(self._search(conditions, by, "DESCENDING", 1), "results")
        with answers_of(NAME):
            return seconds(rows[0]["properties"][by]) if rows else None

    def below(self, number: int | None, *conditions: Row) -> list[Row]:
        """A page of tickets of lower numbers, the highest first."""
        bound = () if number is None else (where(NUMBER, "LT", number),)
        return list(self._of(self._search((*conditions, *bound), NUMBER, "DESCENDING", PAGE), "results"))

    def above(self, number: int, *conditions: Row) -> list[Row]:
        """A page of tickets of higher numbers, the lowest first."""
        asked = (*conditions, where(NUMBER, "GT", number))
        return list(self._of(self._search(asked, NUMBER, "ASCENDING", PAGE), "results"))

    def stories(self, keys: Sequence[str]) -> Iterator[Row]:
        """These tickets with their history, in this order; without those that are gone meanwhile."""
        for start in range(0, len(keys), WITH_HISTORY):
            some = keys[start : start + WITH_HISTORY]
            page = self._read(some, {"properties": [*TOLD], "propertiesWithHistory": [*HISTORIES]})
            with answers_of(NAME):
                found = {str(row["id"]): row for row in page["results"]}
            yield from (found[key] for key in some if key in found)

    def gone(self, keys: Sequence[str]) -> Iterator[str]:
        """Those of these tickets that were deleted, or merged into another one."""
        for start in range(0, len(keys), WITHOUT):
            some = keys[start : start + WITHOUT]
            page = self._read(some, {"properties": [MERGED], "propertiesWithHistory": []})
            with answers_of(NAME):
                there = {str(row["id"]) for row in page["results"]}
                lost = set(self._not_found(page, some, there)) | set(self._merged(page["results"]))
            yield from (key for key in some if key in lost - there)

    @cached_property
    def pipelines(self) -> dict[str, Row]:
        """The pipelines of tickets by their numbers."""
        return {str(row["id"]): row for row in self._of(self._server.json("/crm/v3/pipelines/tickets"), "results")}

    @cached_property
    def owners(self) -> dict[str, Row]:
        """Who may hold tickets by their numbers; those that left, too."""
        return {str(row["id"]): row for archived in ("true", "false") for row in self._owners(archived)}

    def messages(self, thread: str) -> Iterator[Row]:
        """What was written in a conversation, in any order; nothing where it is gone."""
        path = f"/conversations/v3/conversations/threads/{thread}/messages"
        yield from self._pages(self._server.maybe, path, {"limit": str(MESSAGES)})

    def _owners(self, archived: str) -> Iterator[Row]:
        asked = {"limit": str(OWNERS), "archived": archived}
        yield from self._pages(self._server.json, "/crm/v3/owners", asked)

    def _pages(self, ask: Callable[[str, dict[str, str]], Any], path: str, asked: dict[str, str]) -> Iterator[Row]:
        """Page after page of a list; none where there is no answer."""
        after: dict[str, str] = {}
        for _ in range(LONGEST):
            page = ask(path, asked | after)
            if page is None:
                return
            yield from self._of(page, "results")
            with answers_of(NAME):
                following = str(((page.get("paging") or {}).get("next") or {}).get("after") or "")
            if not following:
                return
            after = {"after": following}

    def _search(self, conditions: Sequence[Row], by: str, direction: str, most: int) -> Any:
        asked = {
            "filterGroups": [{"filters": [*conditions]}] if conditions else [],
            "sorts": [{"propertyName": by, "direction": direction}],
            "properties": [CREATED, CHANGED],
            "limit": most,
        }
        return self._server.json(f"{TICKETS}/search", body=asked)

    def _read(self, keys: Sequence[str], asked: Row) -> Any:
        """These tickets; HubSpot answers as if the address were wrong where not one of them is there."""
        page = self._batch(keys, asked)
        if page is not None:
            return page
        rows = self.below(None)[: len(keys)]
        if rows and self._batch([str(row["id"]) for row in rows], asked) is None:
            raise SourceFailed(
                gettext_noop("%(name)s finds tickets, and says of all of them that they are not there."),
                permanent=False,
                name=NAME,
            )
        # Only what is not there twice, while others are, is gone.
        return self._batch(keys, asked) or {"results": [], "errors": [{"category": NOT_FOUND}]}

    def _batch(self, keys: Sequence[str], asked: Row) -> Any | None:
        return self._server.maybe(f"{TICKETS}/batch/read", body=asked | {"inputs": [{"id": key} for key in keys]})

    @staticmethod
    def _not_found(page: Row, asked: Sequence[str], there: Collection[str]) -> Iterator[str]:
        """Which ones it says are not there; where it does not say which, all that it does not tell."""
        for error in page.get("errors") or ():
            if error.get("category") == NOT_FOUND:
                ids = (error.get("context") or {}).get("ids")
                yield from (key for key in asked if key not in there) if ids is None else map(str, ids)

    @staticmethod
    def _merged(rows: Sequence[Row]) -> Iterator[str]:
        for row in rows:
            yield from str(row["properties"].get(MERGED) or "").split(";")

    @staticmethod
    def _of(page: Any, what: str) -> Any:
        with answers_of(NAME):
            return page[what]
