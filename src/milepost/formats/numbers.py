"""Numbers in the reader's language."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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


def in_bytes(size: int) -> str:
    """How large a file is: 640 B, 12 kB, 1.3 MB."""
    units = ("B", "kB", "MB", "GB")
    power = next((at for at in range(len(units) - 1) if size < 1000 ** (at + 1)), len(units) - 1)
    places = Decimal("0.1") if power > 1 else Decimal(1)
    return f"{number((Decimal(size) / 1000**power).quantize(places, ROUND_HALF_UP))}{NO_BREAK}{units[power]}"
