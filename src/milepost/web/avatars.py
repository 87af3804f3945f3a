"""A round sign for a person: initials on one of six quiet colours."""

from dataclasses import dataclass
from typing import Final

COLOURS: Final = 6
LETTERS: Final = 3


@dataclass(frozen=True)
class Avatar:
    """Initials, and the number of a colour."""

    initials: str
    colour: int


def of_person(name: str, number: int) -> Avatar:
    """The first letters of the first and the last word of a name; of a numbered name the end of its number."""
    words = [word for word in name.split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    if ends[1:] and ends[-1].isdecimal():
        return Avatar(ends[-1][-LETTERS:], number % COLOURS)
    return Avatar("".join(word[0] for word in ends).upper(), number % COLOURS)
