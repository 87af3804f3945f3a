"""Numbers in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language

# Numbers and their units, and the groups of a number, stay on one line.
NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Marks:
    """How a language writes numbers: the decimal mark, the mark between thousands, and from how many digits on."""

    decimal: str
    group: str
    grouped_from: int


ENGLISH: Final = Marks(decimal=".", group=",", grouped_from=4)
POLISH: Final = Marks(decimal=",", group=NO_BREAK, grouped_from=5)


def speaks_polish() -> bool:
    """Whether the reader's language is Polish."""
    return (get_language() or "").startswith("pl")


def marks() -> Marks:
    """Those of the reader's language."""
    return POLISH if speaks_polish() else ENGLISH


def number(value: Decimal | int) -> str:
    """`value` with all its digits and none that say nothing: 1,234 and 92.5 in English, 1234 and 92,5 in Polish."""
    written = marks()
    whole, _, fraction = f"{abs(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    sign = "−" if value < 0 else ""
    return sign + _grouped(whole, written) + (written.decimal + fraction if fraction else "")


def _grouped(whole: str, written: Marks) -> str:
    if len(whole) < written.grouped_from:
        return whole
    head = len(whole) % 3
    groups = [whole[start : start + 3] for start in range(head, len(whole), 3)]
    return written.group.join([whole[:head], *groups] if head else groups)
