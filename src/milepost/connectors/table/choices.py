"""What becomes of rows that could be read in more than one way. Every choice stands in the mapping."""

from dataclasses import dataclass
from enum import StrEnum


class Undated(StrEnum):
    """A ticket without a creation date is left out, or begins with the first moment that is known of it."""

    REJECT = "reject"
    FIRST_MOMENT = "first_moment"


class Early(StrEnum):
    """A moment before the creation of its ticket: the row is left out, the moment is, or it counts as the creation."""

    REJECT = "reject"
    EMPTY = "empty"
    AT_CREATION = "at_creation"


class Repeated(StrEnum):
    """Of several rows of a ticket table with one number the last one counts, or none."""

    LAST = "last"
    REJECT = "reject"


class Order(StrEnum):
    """Which event stands first in a log."""

    OLDEST_FIRST = "oldest_first"
    NEWEST_FIRST = "newest_first"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a mapping says of such rows; the names of the fields are its keys."""

    undated: Undated = Undated.REJECT
    early: Early = Early.REJECT
    repeated: Repeated = Repeated.LAST
    order: Order = Order.OLDEST_FIRST
