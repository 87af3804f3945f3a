"""What the form of uploaded files is filled with: what was found, what a kept mapping says, or what was answered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from milepost.connectors.files.detection import DELIMITERS, ENCODINGS, MEANINGS, Found
from milepost.tickets.events import Response
from milepost.web.sources.files import match_words
from milepost.web.sources.files.match_words import ACTIVITY, STATUS

ISO: Final = "iso"
WRITTEN: Final = ("rows", "encoding", "delimiter", "format", "zone", "order")


def chosen_by_detection(found: Found, *, zone: str) -> dict[str, str]:
    """What the form is filled with at first. Dates that can be read in more than one way are left to people."""
    form = "" if len(found.formats) != 1 else found.formats[0] or ISO
    written = {"encoding": found.encoding, "delimiter": word_of(found.delimiter), "format": form, "zone": zone}
    written["order"] = found.order.value
    return written | {column_field(place): one.meaning or "" for place, one in enumerate(found.columns)}


def chosen_before(found: Found, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form is filled with when the source has a mapping."""
    single = [one for one in MEANINGS[found.rows] if one not in match_words.NAMES and one in document]
    meanings = {document[meaning]: meaning for meaning in single} | match_words.roles_before(document)
    dates, file = document.get("dates", {}), document.get("file", {})
    written = {
        "encoding": file.get("encoding", found.encoding),
        "delimiter": word_of(file.get("delimiter", found.delimiter)),
        "format": dates.get("format", ISO),
        "zone": dates.get("zone", "UTC"),
        "response": document.get("response", Response.UNKNOWN.value),
    }
    # A log whose words tell no messages keeps them as statuses; its column may still be named after what happened.
    activities = {
        one.name: ACTIVITY for one in found.columns if one.meaning == ACTIVITY and meanings.get(one.name) == STATUS
    }
    meanings |= activities
    nulls = {"nulls": [text for text in document.get("nulls", []) if text]}
    return (
        written | nulls | {column_field(place): meanings.get(one.name, "") for place, one in enumerate(found.columns)}
    )


def chosen_now(found: Found, answers: Mapping[str, Any], *, zone: str) -> dict[str, Any]:
    """What was answered. When a row is now said to be something else, the columns are matched anew."""
    told = dict(answers)
    if told.get("matched", found.rows) == found.rows:
        return told
    return chosen_by_detection(found, zone=zone) | {name: told[name] for name in WRITTEN if told.get(name)}


def told_of(chosen: Mapping[str, Any], file: Path) -> dict[str, str | None]:
    """What was chosen of how a file is written, for whoever looks at it again."""
    rows = chosen.get("rows")
    told: dict[str, str | None] = {"rows": rows if rows in MEANINGS else None}
    if file.suffix != ".csv":
        return told
    encoding, delimiter = chosen.get("encoding"), sign_of(str(chosen.get("delimiter", "")))
    return told | {
        "encoding": encoding if encoding in ENCODINGS else None,
        "delimiter": delimiter if delimiter in DELIMITERS else None,
    }


def chosen_of_file(document: Mapping[str, Any]) -> dict[str, str]:
    """How a mapping says that its files are written, as the form says it."""
    file = document.get("file", {})
    return {"encoding": file.get("encoding", ""), "delimiter": file.get("delimiter", "")} | kept_rows(document)


def kept_rows(document: Mapping[str, Any]) -> dict[str, str]:
    """What a row is in a mapping; the files of one source are of one kind."""
    return {"rows": document["rows"]} if document else {}


def column_field(place: int) -> str:
    """The name of the field that says what the column in this place means."""
    return f"column-{place}"


def word_of(sign: str) -> str:
    """A delimiter as a form sends it: a tab would be stripped."""
    return "tab" if sign == "\t" else sign


def sign_of(word: str) -> str:
    """The delimiter that a form sent."""
    return "\t" if word == "tab" else word
