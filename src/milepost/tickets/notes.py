"""What readers must be told about the numbers of a source, as codes kept with it and sentences for people."""

from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop


class Note(StrEnum):
    """A limit of a source."""

    RESPONSE_APPROXIMATED = "response_approximated"
    NO_HISTORY = "no_history"
    MOVED_IN_TIME = "moved_in_time"


SENTENCES: Final = {
    Note.RESPONSE_APPROXIMATED: gettext_noop(
        "Response time is approximated: the source has no messages, so the first event that leaves New stands for "
        "the reply."
    ),
    Note.NO_HISTORY: gettext_noop(
        "Work is credited to the current assignee: the source has no history of its tickets."
    ),
    Note.MOVED_IN_TIME: gettext_noop(
        "The log was recorded in 2016 and moved by whole weeks, to end on the day before it was loaded."
    ),
}
