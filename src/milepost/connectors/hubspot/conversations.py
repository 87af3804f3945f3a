"""From the messages of the conversation that a ticket came from to its events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from milepost.connectors.hubspot.server import Row
from milepost.connectors.reading import seconds
from milepost.tickets.events import Actor, Message

Said = tuple[int, dict[str, object]]

# A ticket is made from a message a moment after it.
TOGETHER: Final = 60
# Before the number of a user. Bots, integrations and HubSpot itself have other letters.
PERSON: Final = "A-"


def said(rows: Iterable[Row], *, created: int, users: Mapping[str, str]) -> list[Said]:
    """What was written since the ticket was made, in its order; the message that it was made from is its opening."""
    told = list(_told(sorted(rows, key=lambda row: datetime.fromisoformat(row["createdAt"])), users))
    later = [one for one in told if one[0] > created]
    if len(told) == len(later) and later and _opens(later[0], created):
        return later[1:]
    return later


def with_first(told: Sequence[Said], first: Said | None) -> Iterator[Said]:
    """The first reply that the ticket itself tells, too, where it was sent by another way than the conversation."""
    replied = next((at for at, columns in told if columns["message"] == Message.REPLY.value), None)
    if first is not None and (replied is None or first[0] < replied - TOGETHER):
        yield first
    yield from told


def _opens(one: Said, created: int) -> bool:
    at, columns = one
    return at <= created + TOGETHER and columns["message"] == Message.CUSTOMER.value


def _told(rows: Iterable[Row], users: Mapping[str, str]) -> Iterator[Said]:
    """Messages and comments; neither greetings nor changes of the conversation, nor what could not be sent."""
    for row in rows:
        if row.get("archived") or (row.get("status") or {}).get("statusType") == "FAILED":
            continue
        senders = row.get("senders") or [{"actorId": row.get("createdBy")}]
        sender = str(senders[0].get("actorId") or "")
        kind = _kind(row, sender)
        if kind is not None:
            by = _by(kind, users.get(sender.removeprefix(PERSON)))
            yield seconds(row["createdAt"]), {"message": kind.value, **by}


def _kind(row: Row, sender: str) -> Message | None:
    match row["type"], row.get("direction"):
        case "COMMENT", _:
            return Message.NOTE
        case "MESSAGE", "INCOMING":
            return Message.CUSTOMER
        case "MESSAGE", _:
            return Message.REPLY if sender.startswith(PERSON) else Message.AUTOMATIC
        case _:
            return None


def _by(kind: Message, owner: str | None) -> dict[str, object]:
    """Whoever wrote, by the number of the owner; one who is none any more is an agent without a name."""
    if kind is Message.CUSTOMER:
        return {"actor_kind": Actor.CUSTOMER.value}
    if kind is Message.AUTOMATIC:
        return {"actor_kind": Actor.SYSTEM.value}
    agent: dict[str, object] = {"actor_kind": Actor.AGENT.value}
    return agent if owner is None else agent | {"actor": owner}
