"""The form that says what the rows, columns and words of uploaded files mean."""

import zoneinfo
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.base.marks import gettext_noop
from milepost.connectors.files.detection import (
    DELIMITERS,
    ENCODINGS,
    EVENTS,
    FORMATS,
    MEANINGS,
    NEEDED,
    TICKETS,
    Column,
    Found,
)
from milepost.connectors.table.choices import Choices
from milepost.connectors.table.names import Match
from milepost.formats.numbers import number
from milepost.tickets.columns import Category
from milepost.tickets.events import Message, Response
from milepost.web.forms import PageForm
from milepost.web.sources.files import match_choices, match_words
from milepost.web.sources.files.match_fill import ISO, WRITTEN, column_field, sign_of, word_of
from milepost.web.sources.files.match_words import ACTIVITY, STATUS, Words

EXAMPLE: Final = datetime(2026, 11, 23, 14, 2)  # noqa: DTZ001 - only to show how dates are written
NAMES: Final[Mapping[str, str]] = {
    "ticket": gettext_noop("Ticket number"),
    "created": gettext_noop("Created at"),
    "time": gettext_noop("Happened at"),
    "activity": gettext_noop("What happened"),
    "status": gettext_noop("Status"),
    "actor": gettext_noop("Who did it"),
    "actor_kind": gettext_noop("Kind of who did it"),
    "merged_into": gettext_noop("Ticket it was merged into"),
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
    "time": gettext_noop("Choose the column that says when something happened."),
}
NO_WORDS: Final = gettext_noop("Choose the column that says what happened, or the one of the status after it.")
TOO_MANY: Final = gettext_noop(
    "This column has more than 60 different words. It does not say what kind of thing it is."
)
MATCHES: Final[Mapping[Match, str]] = {
    Match.EXACT: gettext_noop("Exact match"),
    Match.GUESSED: gettext_noop("Guessed, check"),
    Match.NONE: gettext_noop("Ignored"),
}
# What cannot be measured while no column, or none of its words, has this meaning.
CANNOT: Final[Mapping[str, Mapping[str, str]]] = {
    TICKETS: {
        "first_reply": gettext_noop("Without the first reply, response times cannot be measured."),
        "resolved": gettext_noop("Without the closing, closed tickets and resolution times cannot be measured."),
        "agent": gettext_noop("Without the agent, no ticket counts for a person."),
        "team": gettext_noop("Without the team, tickets count for the teams of their agents only."),
    },
    EVENTS: {
        "message": gettext_noop("Without a word for replies, replies and the times until them cannot be measured."),
        "status": gettext_noop("Without a word for resolved or closed, closed tickets cannot be measured."),
        "agent": gettext_noop("Without the agent, a resolution counts only for an agent who is told to have made it."),
        "team": gettext_noop("Without the team, tickets count for the teams of their agents only."),
    },
}
# What the page says of a mapping; all else that is kept in one stays as it is.
GOVERNED: Final = frozenset(
    {"rows", "dates", "file", "message", "removal", "response", "nulls", *(one.name for one in fields(Choices)),
     *MEANINGS[TICKETS], *MEANINGS[EVENTS]}
)  # fmt: skip


class MatchForm(PageForm):
    """What the columns mean, and how the file is written. It is filled with what was found, or what was chosen."""

    rows = forms.ChoiceField()
    encoding = forms.ChoiceField(choices=[(name, name.upper()) for name in ENCODINGS])
    delimiter = forms.ChoiceField()
    format = forms.ChoiceField()
    zone = forms.ChoiceField()
    response = forms.ChoiceField()

    def __init__(
        self, found: Found, chosen: Mapping[str, Any], words: Sequence[Words], *, is_text: bool, kept: Mapping[str, Any]
    ) -> None:
        super().__init__({"response": Response.UNKNOWN.value, "rows": found.rows, **chosen, **_of_words(words, chosen)})
        self.found, self.words, self.is_text, self.kept = found, words, is_text, kept
        signs = {",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab"), "|": _("Vertical bar")}
        dates = [(form or ISO, EXAMPLE.strftime(form) if form else "2026-11-23 14:02 (ISO 8601)") for form in FORMATS]
        zones = [(name, name) for name in sorted(zoneinfo.available_timezones())]
        self._choices("rows", _("A row is"), [(TICKETS, _("A ticket")), (EVENTS, _("An event"))])
        self._choices("encoding", _("Encoding"), [(name, name.upper()) for name in ENCODINGS])
        self._choices("delimiter", _("Delimiter"), [(word_of(sign), signs[sign]) for sign in DELIMITERS])
        self._choices("format", _("Dates"), [("", _("Choose")), *dates])
        self._choices("zone", _("Time zone"), zones)
        self._choices(
            "response",
            _("Where the file tells no replies"),
            [
                (Response.UNKNOWN.value, _("Response times are not measured")),
                (Response.LEAVES_NEW.value, _("The first event that leaves New stands for the first reply")),
            ],
        )
        self.fields["format"].error_messages["required"] = _(
            "Dates of this file can be read in more than one way, or in none that we know. Choose how they are written."
        )
        if not is_text:
            del self.fields["encoding"], self.fields["delimiter"]
        if kept:
            del self.fields["rows"]
        meanings = [("", _("Do not import")), *((key, _(NAMES[key])) for key in MEANINGS[found.rows])]
        for place, column in enumerate(found.columns):
            self._choice(column_field(place), column.name, meanings)
        self._words()
        self._choose(chosen)

    def _choose(self, chosen: Mapping[str, Any]) -> None:
        """The choices of how rows are read that could be read in more than one way."""
        for key, (label, choices) in match_choices.OF[self.found.rows].items():
            standard = getattr(Choices(), key).value
            self.data = {key: self.kept.get(key, standard), **self.data}
            self.fields[key] = forms.ChoiceField(
                label=_(label),
                choices=[(one, _(name)) for one, name in choices.items()],
                widget=forms.Select(attrs={"class": "input"}) if key == "order" else forms.RadioSelect(),
            )
        if self.found.is_ambiguous:
            field = self.fields["format"]
            field.widget = forms.RadioSelect()
            self._choices("format", _("Dates"), match_choices.readings(self.found))
        self.empty = match_choices.empty(chosen)

    def _words(self) -> None:
        beside_status = any(one.role == STATUS for one in self.words)
        for one in self.words:
            choices = one.choices(beside_status=beside_status)
            for key, word, _count in one.listed():
                self._choice(key, word, choices)

    def _choice(self, key: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[key] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.fields[key].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """No meaning is given twice, and those that every file needs are given."""
        cleaned: dict[str, Any] = super().clean() or {}
        columns: dict[str, str] = {}
        for place, column in enumerate(self.found.columns):
            meaning = cleaned.get(column_field(place))
            if meaning in columns:
                said = _("“%(meaning)s” is already matched to “%(column)s”.")
                self.add_error(column_field(place), said % {"meaning": _(NAMES[meaning]), "column": columns[meaning]})
            elif meaning:
                columns[meaning] = column.name
        self.columns = columns
        self._check_needed()
        return cleaned

    def _check_needed(self) -> None:
        for meaning in NEEDED[self.found.rows]:
            if meaning not in self.columns:
                self.add_error(None, _(MISSING[meaning]))
        if self.found.rows == EVENTS and not {ACTIVITY, STATUS} & set(self.columns):
            self.add_error(None, _(NO_WORDS))
        for one in self.words:
            if one.too_many:
                self.add_error(column_field(one.place), _(TOO_MANY))

    def document(self) -> dict[str, Any]:
        """The mapping that was chosen, as its YAML document."""
        told = self.cleaned_data
        single = {meaning: column for meaning, column in self.columns.items() if meaning not in match_words.NAMES}
        document: dict[str, Any] = {"rows": self.found.rows, **single, **match_words.sections(self.words, told)}
        if self.found.rows == EVENTS and "message" not in document and STATUS in document:
            document["response"] = told["response"]
        document |= {key: value for key, value in self.kept.items() if key not in GOVERNED}
        chosen = {key: told[key] for key in match_choices.OF[self.found.rows]}
        document |= {key: value for key, value in chosen.items() if value != getattr(Choices(), key)}
        if self.empty:
            document["nulls"] = ["", *self.empty]
        document["dates"] = {"zone": told["zone"]} | ({} if told["format"] == ISO else {"format": told["format"]})
        if self.is_text:
            document["file"] = {"encoding": told["encoding"], "delimiter": sign_of(told["delimiter"])}
        return document

    def matched(self) -> Iterator[tuple[Column, forms.BoundField, str, str]]:
        """Each column with its field and with how sure its meaning is."""
        for place, column in enumerate(self.found.columns):
            field = self[column_field(place)]
            match = column.match if (field.value() or None) == column.meaning else Match.EXACT
            match = match if field.value() else Match.NONE
            told = _("Chosen") if field.value() != (column.meaning or "") and field.value() else _(MATCHES[match])
            yield column, field, match, told

    def worded(self) -> Iterator[tuple[str, list[tuple[str, int, forms.BoundField, str]]]]:
        """Each column of words: its words with how often they stand there, their fields, and how sure it is."""
        for one in self.words:
            yield one.column, [(word, count, self[key], self._how(one, key, word)) for key, word, count in one.listed()]

    def list_of(self, column: str) -> int | None:
        """The number of the list of words of a column."""
        return next((at for at, one in enumerate(self.words, start=1) if one.column == column), None)

    def _how(self, one: Words, key: str, word: str) -> str:
        chosen = self[key].value() or ""
        if not chosen:
            return "unknown"
        return "found" if chosen == one.seems[word] else "chosen"

    def asks_for_response(self) -> bool:
        """Whether it matters what stands for a first reply: a log with statuses that tells no replies."""
        if self.found.rows != EVENTS or not self.is_valid():
            return False
        return "message" not in (document := self.document()) and STATUS in document

    def width(self) -> str:
        """How many columns there are."""
        count = len(self.found.columns)
        return ngettext("%(number)s column", "%(number)s columns", count) % {"number": number(count)}

    def written(self) -> list[forms.BoundField]:
        """The fields that say how the file is written."""
        names = [name for name in WRITTEN if name in self.fields]
        return [self[name] for name in names if not (name == "format" and self.found.is_ambiguous)]

    def issue_of_dates(self) -> str:
        """What is to be decided about the dates, if they can be read in more than one way."""
        return match_choices.ambiguous(self.found)

    def cannot(self) -> list[str]:
        """What the file cannot tell, in sentences."""
        told = set(self.columns) if self.found.rows == TICKETS else self._told_by_words() | set(self.columns) - {STATUS}
        return [_(sentence) for meaning, sentence in CANNOT[self.found.rows].items() if meaning not in told]

    def _told_by_words(self) -> set[str]:
        document = self.document()
        words = {key: set(document.get(key, {}).get("values", {}).values()) for key in ("message", STATUS)}
        ends = {"message": {Message.REPLY.value}, STATUS: {Category.RESOLVED.value, Category.CLOSED.value}}
        return {key for key, values in words.items() if values & ends[key]}

    def _choices(self, name: str, label: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.label = label
        field.choices = choices  # type: ignore[attr-defined]


def _of_words(words: Collection[Words], chosen: Mapping[str, Any]) -> dict[str, str]:
    """What every word seems to mean of which nothing was chosen yet."""
    listed = ((key, one.seems[word]) for one in words for key, word, _count in one.listed())
    return {key: meaning for key, meaning in listed if key not in chosen}
