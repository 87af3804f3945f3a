"""Tells what a catalogue lacks and compiles it. `make translate` calls it after collecting the texts."""

import sys
from pathlib import Path

import polib

LOCALE = Path("src/milepost/locale")


def main() -> int:
    """Compile every catalogue; 1 when a text has no translation."""
    lacking = 0
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(file))
        catalogue.save_as_mofile(str(file.with_suffix(".mo")))
        for entry in [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]:
            print(f"{file}:{entry.linenum}: {entry.msgid}")
            lacking += 1
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
