"""What Chatwoot wrote down of what happened to a conversation: a sentence for people, in the language of the account.

Newer versions tell the status beside the sentence. All else is in the English sentences alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Change(StrEnum):
    """What may be changed."""

    STATUS = "status"
    AGENT = "agent"
    TEAM = "team"
    # To a person or to a team: the sentence is the same.
    EITHER = "either"
    PRIORITY = "priority"


@dataclass(frozen=True)
class Activity:
    """Changes with what stood there afterwards, what the priority was before, and who made them."""

    changes: Mapping[Change, str]
    by: str = ""
    before: str | None = None


STATUS: Final = re.compile(
    r"Conversation was (?:marked )?(?:as )?(?P<status>resolved|pending|snoozed|open|reopened)"
    r"(?: by (?P<by>[^:(]+?))?(?: due to .*| automatically .*| ?[:(].*)?\.?"
)
SENTENCES: Final = (
    (re.compile(r"Assigned to (?P<agent>.+) via (?P<team>.+) by (?P<by>.+)"), None),
    (re.compile(r"Assigned to (?P<either>.+) by (?P<by>.+)"), None),
    (re.compile(r"(?P<agent>(?P<by>.+)) self-assigned this conversation"), None),
    (re.compile(r"Conversation unassigned by (?P<by>.+)"), Change.AGENT),
    (re.compile(r"Unassigned from .+ by (?P<by>.+)"), Change.TEAM),
    (re.compile(r"(?P<by>.+) set the priority to (?P<priority>\w+)"), None),
    (re.compile(r"(?P<by>.+) changed the priority from (?P<before>\w+) to (?P<priority>\w+)"), None),
    (re.compile(r"(?P<by>.+) removed the priority"), Change.PRIORITY),
)
OPENED_AGAIN: Final = "System reopened the conversation"
# Who acts in these sentences and is nobody.
MACHINES: Final = ("Automation System", "system")


def read(sentence: str, attributes: Mapping[str, Any]) -> Activity | None:
    """What a sentence tells; None where it tells nothing that counts, or is in another language."""
    told = attributes.get("activity") or {}
    status = str(told["status"]) if told.get("type") == "conversation_status_changed" else ""
    found = STATUS.fullmatch(sentence)
    if found is not None:
        word = status or found["status"].replace("reopened", "open")
        return Activity({Change.STATUS: word}, found["by"] or "")
    if status or sentence.startswith(OPENED_AGAIN):
        return Activity({Change.STATUS: status or "open"})
    return next((_told(found, left) for one, left in SENTENCES if (found := one.fullmatch(sentence))), None)


def is_machine(name: str) -> bool:
    """Whether this name is that of a rule, or of Chatwoot itself."""
    return name.startswith(MACHINES)


def _told(found: re.Match[str], left: Change | None) -> Activity:
    """The changes of a sentence; what was left is empty afterwards."""
    words = found.groupdict()
    changes = {one: words[one.value] for one in Change if words.get(one.value)}
    return Activity({left: ""} if left else changes, words.get("by") or "", words.get("before"))
