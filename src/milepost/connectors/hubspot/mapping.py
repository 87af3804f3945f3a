"""From the histories of a ticket to its events."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.hubspot.conversations import Said, said, with_first
from milepost.connectors.hubspot.server import (
    CREATED,
    EMAILED,
    HISTORIES,
    NAME,
    OWNER,
    PIPELINE,
    PRIORITY,
    REPLIED,
    REPLIED_BY,
    SOURCE,
    STAGE,
    HubSpot,
    Row,
)
from milepost.connectors.reading import answers_of, maybe_seconds, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message

# A ticket that somebody entered by hand.
BY_HAND: Final = "CRM_UI"
# What a ticket always had something in, also where its history begins later.
ALWAYS: Final = (PIPELINE, STAGE, PRIORITY)


@dataclass(frozen=True)
class Meaning:
    """What the numbers of an account mean."""

    desk: HubSpot
    statuses: Mapping[str, Category]

    def events(self, row: Row, messages: Iterable[Row] = ()) -> list[TicketEvent]:
        """All events of a ticket and of the conversation that it came from, the opening first."""
        with answers_of(NAME):
            key, created = str(row["id"]), seconds(row["properties"][CREATED])
            histories = {name: _history(row, name) for name in HISTORIES}
            first = {name: entries.pop(0) for name, entries in histories.items() if _at_first(row, name, entries)}
            later = [(int(moment.timestamp()), self._update(some)) for moment, some in _by_moment(histories).items()]
            written = said(messages, created=created, users=self._users)
            told = sorted([*later, *with_first(written, self._reply(row))], key=lambda one: one[0])
            opening = (created, self._opening(row, first))
            return [TicketEvent(key, created, max(at, created), columns) for at, columns in [opening, *told]]

    def ever_in(self, row: Row) -> set[str]:
        """The pipelines that a ticket was in at any time."""
        with answers_of(NAME):
            return {str(one["value"]) for one in row["propertiesWithHistory"].get(PIPELINE) or ()}

    def category(self, stage: str) -> Category:
        """What a stage means: by its name, else by what its pipeline says of it."""
        row = self._stages.get(stage)
        if row is None:
            return Category.OPEN
        mapped = self.statuses.get(str(row["label"]).casefold())
        if mapped is not None:
            return mapped
        if row["metadata"].get("ticketState") == "CLOSED":
            return Category.CLOSED
        return Category.NEW if stage in self._first_stages else Category.OPEN

    def pipeline(self, number: str) -> str:
        """The name of a pipeline; no two have the same one in HubSpot."""
        row = self.desk.pipelines.get(number)
        return str(row["label"]) if row else f"#{number}"

    @cached_property
    def teams(self) -> dict[str, str]:
        """The names of the teams that owners are in, by their numbers."""
        with answers_of(NAME):
            return {
                str(team["id"]): str(team["name"])
                for owner in self.desk.owners.values()
                for team in owner.get("teams") or ()
            }

    @cached_property
    def _stages(self) -> dict[str, Row]:
        return {str(stage["id"]): stage for row in self.desk.pipelines.values() for stage in row["stages"]}

    @cached_property
    def _first_stages(self) -> frozenset[str]:
        pipelines = [row["stages"] for row in self.desk.pipelines.values() if row["stages"]]
        return frozenset(str(min(stages, key=lambda one: one["displayOrder"])["id"]) for stages in pipelines)

    @cached_property
    def _users(self) -> dict[str, str]:
        """Owners by the numbers of their users: histories tell these."""
        return {str(row["userId"]): key for key, row in self.desk.owners.items() if row.get("userId")}

    def _opening(self, row: Row, first: Mapping[str, Row]) -> dict[str, object]:
        """How the ticket stood at first. What no person entered by hand, a customer wrote."""
        by: dict[str, object] = {"actor_kind": Actor.UNKNOWN.value}
        if row["properties"].get(SOURCE) != BY_HAND:
            by = {"actor_kind": Actor.CUSTOMER.value, "message": Message.CUSTOMER.value}
        return by | self._columns({OWNER: ""} | {name: _value(entry) for name, entry in first.items()})

    def _update(self, some: list[tuple[str, Row]]) -> dict[str, object]:
        """What changed at one moment, and who did it: an owner, or else the account itself."""
        users = (str(entry.get("updatedByUserId") or "") for _, entry in some)
        by = next((self._users[user] for user in users if user in self._users), None)
        told: dict[str, object] = {"actor_kind": Actor.SYSTEM.value}
        if by is not None:
            told = {"actor_kind": Actor.AGENT.value, "actor": by}
        return told | self._columns({name: _value(entry) for name, entry in some})

    def _reply(self, row: Row) -> Said | None:
        """The first reply, which is the only one that a ticket itself tells."""
        told = row["properties"]
        at = maybe_seconds(told.get(REPLIED)) or maybe_seconds(told.get(EMAILED))
        if at is None:
            return None
        by = str(told.get(REPLIED_BY) or "")
        # Nowhere is it said whether this is the number of an owner or of a user.
        owner = by if by in self.desk.owners else self._users.get(by)
        who: dict[str, object] = {} if owner is None else {"actor": owner}
        return at, {"actor_kind": Actor.AGENT.value, "message": Message.REPLY.value} | who

    def _columns(self, values: Mapping[str, str]) -> dict[str, object]:
        """What stands in properties, in our words."""
        told: dict[str, object] = {}
        for name, value in values.items():
            match name:
                case "hs_pipeline_stage":
                    told["status"] = self.category(value).value
                case "hs_pipeline":
                    told["pipeline"] = self.pipeline(value)
                case "hubspot_owner_id":
                    told["agent"] = value
                case "hubspot_team_id":
                    told["team"] = self.teams.get(value, f"#{value}") if value else ""
                case _:
                    told["priority"] = value
        return told


def _history(row: Row, name: str) -> list[Row]:
    """What stood in a property, the first one first; it comes newest first."""
    return sorted(row["propertiesWithHistory"].get(name) or (), key=_moment)


def _at_first(row: Row, name: str, entries: Sequence[Row]) -> bool:
    """Whether a history begins with the ticket."""
    return bool(entries) and (
        name in ALWAYS or _moment(entries[0]) <= datetime.fromisoformat(row["properties"][CREATED])
    )


def _by_moment(histories: Mapping[str, Sequence[Row]]) -> dict[datetime, list[tuple[str, Row]]]:
    """What changed at each moment, the first one first."""
    found = defaultdict(list)
    for name, entries in histories.items():
        for entry in entries:
            found[_moment(entry)].append((name, entry))
    return dict(sorted(found.items()))


def _moment(entry: Row) -> datetime:
    return datetime.fromisoformat(entry["timestamp"])


def _value(entry: Row) -> str:
    return str(entry["value"] or "")
