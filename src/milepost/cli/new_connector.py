"""A package for a connector of one’s own, written from the template: it works at once, against a desk of its own."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import registry

# Longer names make lines longer than a formatter leaves them.
NAMED: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*")
LONGEST: Final = 24
SUFFIX: Final = ".template"


def write(name: str, into: Path) -> Path:
    """Write the package for the help desk of this name into a folder; the folder of the package."""
    if not NAMED.fullmatch(name) or len(name) > LONGEST:
        raise Refused(
            gettext_noop(
                "“%(name)s” cannot name a connector. Use up to %(most)s letters and digits, beginning with a letter; a "
                "space may stand between words."
            ),
            name=name,
            most=LONGEST,
        )
    key = name.replace(" ", "_").lower()
    if key in registry.makes():
        raise Refused(gettext_noop("There is a connector “%(make)s” already. Choose another name."), make=key)
    folder = into / f"milepost-{key.replace('_', '-')}"
    if folder.exists():
        raise Refused(gettext_noop("%(folder)s is there already. It is left as it is."), folder=folder)
    _fill(folder, _names(name, key))
    return folder


def _names(name: str, key: str) -> Mapping[str, str]:
    """What stands in the template, and what takes its place."""
    return {
        "Example Desk": name,
        "example_desk": key,
        "example-desk": key.replace("_", "-"),
        '"ED"': f'"{"".join(word[0] for word in name.split()[:2]).upper()}"',
    }


def _fill(folder: Path, names: Mapping[str, str]) -> None:
    for path, file in _files(files("milepost.cli") / "connector_template"):
        target = folder / _named(path, names).removesuffix(SUFFIX)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_named(file.read_text(encoding="utf-8"), names), encoding="utf-8")


def _files(folder: Traversable, below: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file of the template, with its path in it."""
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _files(one, f"{below}{one.name}/")
        elif one.name.endswith(SUFFIX):
            yield f"{below}{one.name}", one


def _named(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text
