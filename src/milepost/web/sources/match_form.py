"""The form that says what the columns of an uploaded ticket table mean."""

import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.connectors.files.detection import DELIMITERS, ENCODINGS, FORMATS, MEANINGS, Column, Found
from milepost.connectors.table.names import Match
from milepost.web.forms import PageForm

ISO: Final = "iso"
EXAMPLE: Final = datetime(2026, 11, 23, 14, 2)  # noqa: DTZ001 - only to show how dates are written
NAMES: Final[Mapping[str, str]] = {
    "ticket": gettext_noop("Ticket number"),
    "created": gettext_noop("Created at"),
    "first_reply": gettext_noop("First reply at"),
    "resolved": gettext_noop("Closed at"),
    "agent": gettext_noop("Agent"),
    "team": gettext_noop("Team"),
    "pipeline": gettext_noop("Pipeline"),
    "priority": gettext_noop("Priority"),
    "channel": gettext_noop("Channel"),
    "tags": gettext_noop("Tags"),
}
MISSING: Final[Mapping[str, str]] = {
    "ticket": gettext_noop("Choose the column with the ticket number. We use it to avoid duplicates."),
    "created": gettext_noop("Choose the column that says when a ticket was created."),
}
MATCHES: Final[Mapping[Match, str]] = {
    Match.EXACT: gettext_noop("Exact match"),
    Match.GUESSED: gettext_noop("Guessed, check"),
    Match.NONE: gettext_noop("Ignored"),
}
# What cannot be measured while no column has this meaning.
CANNOT: Final[Mapping[str, str]] = {
    "first_reply": gettext_noop("Without the first reply, response times cannot be measured."),
    "resolved": gettext_noop("Without the closing, closed tickets and resolution times cannot be measured."),
    "agent": gettext_noop("Without the agent, no ticket counts for a person."),
    "team": gettext_noop("Without the team, tickets count for the teams of their agents only."),
}


class MatchForm(PageForm):
    """What the columns mean, and how the file is written. It is filled with what was found, or what was chosen."""

    encoding = forms.ChoiceField(choices=[(name, name.upper()) for name in ENCODINGS])
    delimiter = forms.ChoiceField()
    format = forms.ChoiceField()
    zone = forms.ChoiceField()

    def __init__(self, found: Found, chosen: Mapping[str, Any], *, is_text: bool) -> None:
        super().__init__(chosen)
        self.found, self.is_text = found, is_text
        signs = {",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab"), "|": _("Vertical bar")}
        dates = [(form or ISO, EXAMPLE.strftime(form) if form else "2026-11-23 14:02 (ISO 8601)") for form in FORMATS]
        zones = [(name, name) for name in sorted(zoneinfo.available_timezones())]
        self._choices("encoding", _("Encoding"), [(name, name.upper()) for name in ENCODINGS])
        self._choices("delimiter", _("Delimiter"), [(_word(sign), signs[sign]) for sign in DELIMITERS])
        self._choices("format", _("Dates"), [("", _("Choose")), *dates])
        self._choices("zone", _("Time zone"), zones)
        self.fields["format"].error_messages["required"] = _(
            "Dates of this file can be read in more than one way, or in none that we know. Choose how they are written."
        )
        if not is_text:
            del self.fields["encoding"], self.fields["delimiter"]
        meanings = [("", _("Do not import")), *((key, _(NAMES[key])) for key in MEANINGS)]
        for place, column in enumerate(found.columns):
            self.fields[_key(place)] = forms.ChoiceField(label=column.name, choices=meanings, required=False)
            self.fields[_key(place)].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """No meaning is given twice, and those that every table needs are given."""
        cleaned: dict[str, Any] = super().clean() or {}
        columns: dict[str, str] = {}
        for place, column in enumerate(self.found.columns):
            meaning = cleaned.get(_key(place))
            if meaning in columns:
                said = _("“%(meaning)s” is already matched to “%(column)s”.")
                self.add_error(_key(place), said % {"meaning": _(NAMES[meaning]), "column": columns[meaning]})
            elif meaning:
                columns[meaning] = column.name
        for meaning, sentence in MISSING.items():
            if meaning not in columns:
                self.add_error(None, _(sentence))
        self.columns = columns
        return cleaned

    def document(self) -> dict[str, Any]:
        """The mapping that was chosen, as its YAML document."""
        told = self.cleaned_data
        dates = {"zone": told["zone"]} | ({} if told["format"] == ISO else {"format": told["format"]})
        document: dict[str, Any] = {"rows": "tickets", **self.columns, "dates": dates}
        if self.is_text:
            document["file"] = {"encoding": told["encoding"], "delimiter": _sign(told["delimiter"])}
        return document

    def matched(self) -> Iterator[tuple[Column, forms.BoundField, str, str]]:
        """Each column with its field and with how sure its meaning is."""
        for place, column in enumerate(self.found.columns):
            field = self[_key(place)]
            match = column.match if (field.value() or None) == column.meaning else Match.EXACT
            match = match if field.value() else Match.NONE
            told = _("Chosen") if field.value() != (column.meaning or "") and field.value() else _(MATCHES[match])
            yield column, field, match, told

    def written(self) -> list[forms.BoundField]:
        """The fields that say how the file is written."""
        return [self[name] for name in ("encoding", "delimiter", "format", "zone") if name in self.fields]

    def cannot(self) -> list[str]:
        """What the file cannot tell, in sentences."""
        return [_(sentence) for meaning, sentence in CANNOT.items() if meaning not in self.columns]

    def _choices(self, name: str, label: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.label = label
        field.choices = choices  # type: ignore[attr-defined]


def chosen_by_detection(found: Found, *, zone: str) -> dict[str, str]:
    """What the form is filled with at first. Dates that can be read in more than one way are left to people."""
    form = "" if len(found.formats) != 1 else found.formats[0] or ISO
    written = {"encoding": found.encoding, "delimiter": _word(found.delimiter), "format": form, "zone": zone}
    return written | {_key(place): one.meaning or "" for place, one in enumerate(found.columns)}


def chosen_before(found: Found, document: Mapping[str, Any]) -> dict[str, str]:
    """What the form is filled with when the source has a mapping."""
    meanings = {document[meaning]: meaning for meaning in MEANINGS if meaning in document}
    dates, file = document.get("dates", {}), document.get("file", {})
    written = {
        "encoding": file.get("encoding", found.encoding),
        "delimiter": _word(file.get("delimiter", found.delimiter)),
        "format": dates.get("format", ISO),
        "zone": dates.get("zone", "UTC"),
    }
    return written | {_key(place): meanings.get(one.name, "") for place, one in enumerate(found.columns)}


def told_of(chosen: Mapping[str, Any], file: Path) -> dict[str, str | None]:
    """What was chosen of how a text file is written, for whoever looks at it again."""
    if file.suffix != ".csv":
        return {}
    encoding, delimiter = chosen.get("encoding"), _sign(str(chosen.get("delimiter", "")))
    return {
        "encoding": encoding if encoding in ENCODINGS else None,
        "delimiter": delimiter if delimiter in DELIMITERS else None,
    }


def _key(place: int) -> str:
    return f"column-{place}"


def _word(sign: str) -> str:
    """A delimiter as a form sends it: a tab would be stripped."""
    return "tab" if sign == "\t" else sign


def _sign(word: str) -> str:
    return "\t" if word == "tab" else word
