"""The different words of some columns of a file, and how often each stands there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from milepost.connectors.files.tables import open_table
from milepost.connectors.table.mapping import Mapping as Meaning

# A column of more different words does not say what kind of thing happened.
MOST: Final = 60


def words_of(files: Iterable[Path], meaning: Meaning, columns: Iterable[str]) -> Mapping[str, Counter[str]]:
    """How often each word of these columns stands in the files. Of a column with too many, one more than the most."""
    counted: dict[str, Counter[str]] = {column: Counter() for column in columns}
    for file in files if counted else ():
        with open_table(file, meaning) as table:
            names = [name.strip() for name in table.header]
            places = [(names.index(column), words) for column, words in counted.items() if column in names]
            for _, row in table.rows:
                for place, words in places:
                    word = row[place].strip() if place < len(row) else ""
                    if word and (len(words) <= MOST or word in words):
                        words[word] += 1
    return counted
