"""Rows that were refused, in words: how many for which reason, and where."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.formats.numbers import number

# Of an example not more is shown.
SHORTENED = 100


def of_items(one: Mapping[str, Any]) -> tuple[str, str]:
    """The same of items that were sent to us: their reason is a sentence with the field in its place."""
    reason = _(one["reason"]) % {"field": one["field"], "words": one["words"]}
    said = ngettext("%(number)s item: %(reason)s", "%(number)s items: %(reason)s", one["count"])
    title = said % {"number": number(one["count"]), "reason": reason}
    places = ", ".join(map(str, one["lines"])) + (" …" if one["count"] > len(one["lines"]) else "")
    values = {"value": one["example"][:SHORTENED], "places": places}
    if not one["example"].strip():
        return title, _("In place %(places)s of what was sent.") % values
    return title, _("For example “%(value)s”. In place %(places)s of what was sent.") % values


def in_words(reason: str, column: str, *, count: int, lines: Sequence[int], example: str) -> tuple[str, str]:
    """What was refused, and where it stands."""
    said = ngettext("%(number)s row: %(reason)s in “%(column)s”", "%(number)s rows: %(reason)s in “%(column)s”", count)
    title = said % {"number": number(count), "reason": _(reason), "column": column}
    places = ", ".join([*map(str, lines), *(["…"] if count > len(lines) else [])])
    values = {"value": example[:SHORTENED], "lines": places}
    if not lines:
        # A database has no lines.
        return title, _("For example “%(value)s”.") % values if example.strip() else ""
    if not example.strip():
        return title, ngettext("Line: %(lines)s", "Lines: %(lines)s", count) % values
    where = ngettext("For example “%(value)s”. Line: %(lines)s", "For example “%(value)s”. Lines: %(lines)s", count)
    return title, where % values
