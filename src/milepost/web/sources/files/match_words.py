"""The words by which a file says what happened, a status or who acted, and what each of them means."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.connectors.files.detection import Found, plain
from milepost.connectors.files.words import MOST, words_of
from milepost.connectors.table.mapping import IGNORE
from milepost.connectors.table.words import ASSIGNED, CREATED, OF, meaning_of
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

ACTIVITY: Final = "activity"
STATUS: Final = "status"
NOTHING: Final = gettext_noop("Nothing that counts")
STATUSES: Final[Mapping[str, str]] = {
    Category.NEW: gettext_noop("New"),
    Category.OPEN: gettext_noop("Open, in work"),
    Category.WAITING_CUSTOMER: gettext_noop("Waits for the customer"),
    Category.ON_HOLD: gettext_noop("On hold"),
    Category.RESOLVED: gettext_noop("Resolved"),
    Category.CLOSED: gettext_noop("Closed"),
}
# A message, a removal or a status. A creation tells the status New; who holds a ticket is told by its own column.
MESSAGES: Final[Mapping[str, str]] = {
    Message.REPLY: gettext_noop("Reply by an agent"),
    Message.CUSTOMER: gettext_noop("Message by the customer"),
    Message.NOTE: gettext_noop("Internal note"),
    Message.AUTOMATIC: gettext_noop("Automatic message, not a reply"),
}
REMOVALS: Final[Mapping[str, str]] = {
    Removal.MERGED: gettext_noop("Merged into another ticket"),
    Removal.DELETED: gettext_noop("Deleted"),
    Removal.SPAM: gettext_noop("Marked as spam"),
    Removal.RESTORED: gettext_noop("Restored"),
}
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    ACTIVITY: {
        CREATED: gettext_noop("Ticket created"),
        ASSIGNED: gettext_noop("Assigned or handed on"),
        **MESSAGES,
        **{one: name for one, name in STATUSES.items() if one not in {Category.NEW, Category.OPEN}},
        Category.OPEN: gettext_noop("Reopened, or in work"),
        **REMOVALS,
    },
    STATUS: {**STATUSES, Category.DELETED: gettext_noop("Deleted")},
    "actor_kind": {
        Actor.AGENT: gettext_noop("An agent"),
        Actor.CUSTOMER: gettext_noop("A customer"),
        Actor.BOT: gettext_noop("A bot, whose replies do not count"),
        Actor.SYSTEM: gettext_noop("The system, whose replies do not count"),
        Actor.UNKNOWN: gettext_noop("Not known"),
    },
}


@dataclass(frozen=True)
class Words:
    """A column whose words mean something: which, how often each stands there, and what it seems to mean."""

    place: int
    column: str
    role: str
    counted: Counter[str]
    seems: Mapping[str, str]

    @property
    def too_many(self) -> bool:
        """Whether it has so many words that it says something else."""
        return len(self.counted) > MOST

    def listed(self) -> Iterator[tuple[str, str, int]]:
        """The name of the field of each word, the word, and how often it stands there, the most frequent first."""
        for word, count in [] if self.too_many else sorted(self.counted.items(), key=lambda one: (-one[1], one[0])):
            yield f"word-{self.place}-{self.role}-{sha256(word.encode(errors='replace')).hexdigest()[:12]}", word, count

    def choices(self, *, beside_status: bool) -> list[tuple[str, str]]:
        """What a word can mean here. Where another column tells the status, what happened need not."""
        names = NAMES[self.role]
        if self.role == ACTIVITY and beside_status:
            names = {one: name for one, name in names.items() if one not in STATUSES}
        chosen = [(str(one), _(name)) for one, name in names.items()]
        return [("", _("Leave these rows out")), *chosen, (IGNORE, _(NOTHING))]


def find(files: Sequence[Path], found: Found, chosen: Mapping[str, Any], kept: Mapping[str, Any]) -> list[Words]:
    """The columns of words among those that are chosen, each word as it was kept, else as it seems."""
    roles = {place: chosen.get(f"column-{place}") for place in range(len(found.columns))}
    names = {place: found.columns[place].name for place, role in roles.items() if role in OF}
    counted = words_of(files, plain(found.encoding, found.delimiter), names.values())
    return [
        Words(place, name, str(roles[place]), counted[name], _seems(counted[name], name, str(roles[place]), kept))
        for place, name in names.items()
    ]


def _seems(words: Counter[str], column: str, role: str, kept: Mapping[str, Any]) -> dict[str, str]:
    return {word: _before(word, column, role, kept) or meaning_of(role, word) or "" for word in words}


def _before(word: str, column: str, role: str, kept: Mapping[str, Any]) -> str | None:
    """What a word means in a mapping that is kept; None where it does not say."""
    keys = ("message", "removal", STATUS) if role == ACTIVITY else (role,)
    sections = [kept[key] for key in keys if key in kept and kept[key]["column"] == column]
    told = [str(one["values"][word]) for one in sections if word in one["values"]]
    if not told:
        return None
    meaning = next((one for one in told if one != IGNORE), IGNORE)
    if role != ACTIVITY:
        return meaning
    if meaning == IGNORE and meaning_of(role, word) == ASSIGNED:
        return ASSIGNED
    return CREATED if meaning == Category.NEW else meaning


def sections(columns: Sequence[Words], meanings: Mapping[str, str]) -> dict[str, Any]:
    """The sections of a mapping, from what the field of each word says."""
    document: dict[str, Any] = {}
    beside_status = any(one.role == STATUS for one in columns)
    for one in columns:
        words = {word: meanings[key] for key, word, _count in one.listed() if meanings.get(key)}
        if one.role != ACTIVITY:
            document[one.role] = {"column": one.column, "values": words}
            continue
        of_status = {word: Category.NEW.value if told == CREATED else told for word, told in words.items()}
        parts = {"message": (MESSAGES, words), "removal": (REMOVALS, words), STATUS: (STATUSES, of_status)}
        for key, (names, told) in parts.items():
            values = {word: meaning if meaning in names else IGNORE for word, meaning in told.items()}
            if set(values.values()) - {IGNORE} and not (key == STATUS and beside_status):
                document[key] = {"column": one.column, "values": values}
    return document


def roles_before(document: Mapping[str, Any]) -> dict[str, str]:
    """Which columns of a mapping are columns of words, and of what."""
    named = {document[key]["column"]: key for key in (STATUS, "actor_kind") if key in document}
    return named | {document[key]["column"]: ACTIVITY for key in ("removal", "message") if key in document}
