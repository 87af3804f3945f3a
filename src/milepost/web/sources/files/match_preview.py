"""What uploaded files bring: how many rows, the first of them, and the others by what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.base.marks import gettext_noop
from milepost.connectors.files.reading import Reading, Reason
from milepost.connectors.table.mapping import COLUMN_KEYS, Mapping
from milepost.connectors.table.rows import UNKNOWN_WORD, Told
from milepost.connectors.table.values import NOT_A_DATE
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.sources.uploads import Upload
from milepost.tickets.store import Counts
from milepost.web.sources import refused
from milepost.web.sources.files import match_choices, match_words
from milepost.web.sources.files.match_form import MatchForm

PREVIEWED: Final = 5
LOOKED_AT: Final = gettext_noop(
    "Only the first %(number)s rows were looked at here. The import reads all of them, in the same way."
)
SHOWN: Final = ("agent", "team", "pipeline")


@dataclass(frozen=True)
class Tried:
    """A file that was tried out, and what reading it brought."""

    upload: Upload
    read: Reading


@dataclass(frozen=True)
class Problem:
    """Rows of which something is wrong: how many, where, and what can be chosen for them.

    `asked` is the field of the choice, `empty` the text that could be read as an empty cell; `words` the number of the
    list in which the meaning of a word is missing.
    """

    title: str
    detail: str
    asked: BoundField | None
    empty: str
    words: int | None


def preview(tried: Sequence[Tried], meaning: Mapping, form: MatchForm) -> dict[str, Any]:
    """What the page shows of files that were tried out."""
    rows = sum(one.read.rows for one in tried)
    rejected = sum(one.read.rejected for one in tried)
    ready = rows - rejected
    is_whole = all(one.read.is_whole for one in tried)
    return {
        "rows": rows,
        "size": _size(rows, is_whole=is_whole),
        "part": "" if is_whole else _(LOOKED_AT) % {"number": number(rows)},
        "rejected": rejected,
        "ready": ready,
        "act": _act(ready, is_whole=is_whole),
        "summary": _summary(ready, rejected),
        "first": list(islice(_first(tried, meaning), PREVIEWED)),
        "is_log": not meaning.whole,
        "problems": list(_problems(tried, form)),
    }


def _size(rows: int, *, is_whole: bool) -> str:
    if not is_whole:
        return _("more than %(number)s rows") % {"number": number(rows)}
    return ngettext("%(number)s row", "%(number)s rows", rows) % {"number": number(rows)}


def _act(ready: int, *, is_whole: bool) -> str:
    if not is_whole:
        return _("Import all rows")
    return ngettext("Import %(number)s row", "Import %(number)s rows", ready) % {"number": number(ready)}


def changes(counts: Counts | None) -> str:
    """What becomes of the tickets of a source that is there: 4,610 unchanged, 182 updated, 15 new."""
    if counts is None:
        return ""
    said = _("Tickets: %(unchanged)s unchanged, %(updated)s updated, %(new)s new.")
    return said % {name: number(getattr(counts, name)) for name in ("unchanged", "updated", "new")}


def _summary(ready: int, rejected: int) -> str:
    said = ngettext("%(number)s row ready", "%(number)s rows ready", ready) % {"number": number(ready)}
    if not rejected:
        return said
    left_out = ngettext("%(number)s row left out", "%(number)s rows left out", rejected)
    return f"{said}, {left_out % {'number': number(rejected)}}"


def _problems(tried: Sequence[Tried], form: MatchForm) -> Iterator[Problem]:
    """By how many rows they are; of several files each says in which one. What is chosen is asked once."""
    found = [
        (one.upload, reason) for one in tried for reason in (*one.read.reasons.values(), *one.read.mended.values())
    ]
    asked: set[str] = set()
    for upload, reason in sorted(found, key=lambda one: -one[1].count):
        title, detail = _in_words(reason)
        named = f"{upload.name}: {title}" if len(tried) > 1 else title
        key = match_choices.ASKED.get(reason.reason, "")
        field = form[key] if key in form.fields and key not in asked else None
        asked.add(key)
        empty = reason.example if reason.reason == NOT_A_DATE and reason.is_same else ""
        words = form.list_of(reason.column) if reason.reason == UNKNOWN_WORD else None
        yield Problem(named, detail, field, empty, words)


def _in_words(one: Reason) -> tuple[str, str]:
    return refused.in_words(one.reason, one.column, count=one.count, lines=one.lines, example=one.example)


def _first(tried: Sequence[Tried], meaning: Mapping) -> Iterator[list[str]]:
    row = _ticket if meaning.whole else _event
    for one in tried:
        for told in one.read.first:
            yield row(told, meaning.dates.zone)


def _ticket(told: Sequence[Told], zone: ZoneInfo) -> list[str]:
    first, *later = told
    replied = next((one.at for one in later if one.message), None)
    resolved = next((one.at for one in later if one.status), None)
    return [first.key, *(_moment(at, zone) for at in (first.created_at, replied, resolved)), *_columns(first)]


def _event(told: Sequence[Told], zone: ZoneInfo) -> list[str]:
    (event,) = told
    words = (
        (match_words.MESSAGES, event.message),
        (match_words.REMOVALS, event.removal),
        (match_words.NAMES[match_words.STATUS], event.status),
    )
    said = [_(names[word]) for names, word in words if word]
    return [event.key, _moment(event.at, zone), ", ".join(said) or "–", event.actor or "–", *_columns(event)]


def _columns(event: Told) -> list[str]:
    told = dict(zip(COLUMN_KEYS, event.columns, strict=True))
    return [told[key] or "–" for key in SHOWN]


def _moment(seconds: int | None, zone: ZoneInfo) -> str:
    if seconds is None:
        return "–"
    at = datetime.fromtimestamp(seconds, zone)
    return f"{dates.day(at.date())}, {at:%H:%M}"
