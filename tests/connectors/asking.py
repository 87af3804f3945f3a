"""What a strict desk tells when it is asked as a sync asks it."""

from collections.abc import Iterable, Mapping
from typing import Any

from milepost.connectors.contract import Batch
from milepost.testing.connector_contract import read
from milepost.testing.strict_desk import StrictDesk


def keys(batches: Iterable[Batch]) -> list[str]:
    """The tickets that were told, each once, in order."""
    return list(dict.fromkeys(event.key for batch in batches for event in batch.events))


def events(desk: StrictDesk, ticket: str = "", **told: str) -> list[Mapping[str, Any]]:
    """What the import tells of this ticket, or of all, ticket by ticket."""
    batches = [batch for batch in read(desk, **told) if batch.progress]
    return [event.columns for batch in batches for event in batch.events if ticket in ("", event.key)]


def messages(desk: StrictDesk, ticket: str = "") -> list[tuple[str, str]]:
    """Who wrote what, in order."""
    return [(one["actor_kind"], one["message"]) for one in events(desk, ticket) if "message" in one]
