"""Rows that could be read in more than one way: what can be chosen, and which question belongs to which problem."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.connectors.files.detection import EVENTS, TICKETS, Found, moment
from milepost.connectors.table.choices import Early, Order, Repeated, Undated
from milepost.connectors.table.rows import NO_CREATED, REPEATED, REPEATED_AT_ALL, TOO_EARLY
from milepost.formats import dates
from milepost.web.sources.files.match_fill import ISO

LEAVE_OUT: Final = gettext_noop("Leave these rows out")
UNDATED: Final = (
    gettext_noop("Rows without a creation date"),
    {
        Undated.REJECT.value: LEAVE_OUT,
        Undated.FIRST_MOMENT.value: gettext_noop("Take the first thing that is known to have happened"),
    },
)
# The choices of each kind of file, by their keys in a mapping.
OF: Final[Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]]] = {
    TICKETS: {
        "undated": UNDATED,
        "early": (
            gettext_noop("Moments before the creation"),
            {
                Early.REJECT.value: LEAVE_OUT,
                Early.EMPTY.value: gettext_noop("Leave the moment empty"),
                Early.AT_CREATION.value: gettext_noop("Count it as at the creation"),
            },
        ),
        "repeated": (
            gettext_noop("Ticket numbers that come again"),
            {
                Repeated.LAST.value: gettext_noop("The last row counts"),
                Repeated.REJECT.value: gettext_noop("Leave all rows with this number out"),
            },
        ),
    },
    EVENTS: {
        "undated": UNDATED,
        "order": (
            gettext_noop("Order"),
            {
                Order.OLDEST_FIRST.value: gettext_noop("Oldest first"),
                Order.NEWEST_FIRST.value: gettext_noop("Newest first"),
            },
        ),
    },
}
ASKED: Final[Mapping[str, str]] = {
    NO_CREATED: "undated",
    TOO_EARLY: "early",
    REPEATED: "repeated",
    REPEATED_AT_ALL: "repeated",
}
# Of what is read as empty not more is kept.
MOST: Final = 20
LONGEST: Final = 100


def readings(found: Found) -> list[tuple[str, str]]:
    """How an ambiguous date could be read: the formats, each with the day that it makes of the example."""
    read = {form: moment(form, found.example) for form in found.formats}
    return [(form or ISO, dates.day(at.date()) if at else form) for form, at in read.items()]


def ambiguous(found: Found) -> str:
    """The question that an ambiguous date asks."""
    if not found.is_ambiguous:
        return ""
    (_form, one), (_form, other), *_more = readings(found)
    said = _("%(date)s could be %(one)s or %(other)s. Choose one.")
    return said % {"date": found.example, "one": one, "other": other}


def empty(chosen: Mapping[str, Any]) -> list[str]:
    """The texts that are read as empty cells."""
    told = [str(text).strip()[:LONGEST] for text in chosen.get("nulls", [])]
    return list(dict.fromkeys(text for text in told if text))[:MOST]
