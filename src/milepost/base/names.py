"""Names as one searches them, and in the order in which people list them."""

import re
import unicodedata
from typing import Final

# Letters whose stroke is no mark that could be taken off.
BARRED: Final = str.maketrans("łŁøØđĐ", "lLoOdD")
NUMBER: Final = re.compile(r"\d+")
# Numbers of up to so many digits are ordered by their value.
DIGITS: Final = 10


def fold(text: str) -> str:
    """Text as one searches it: `dabrowska` is Dąbrowska."""
    decomposed = unicodedata.normalize("NFD", text.translate(BARRED))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).casefold().strip()


def natural(text: str) -> str:
    """A key by which names are ordered as people order them: Group 2 before Group 10."""
    return NUMBER.sub(lambda number: number.group().zfill(DIGITS), fold(text))
