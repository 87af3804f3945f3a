"""Which files make up the store. The manifest is put into place last, so that a reader sees all of a write or none."""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any, Final, Self

from milepost.base.errors import Misconfigured
from milepost.base.marks import gettext_noop
from milepost.calendars import kept as calendars_kept
from milepost.calendars.working_hours import NO_CALENDARS, Calendars
from milepost.tickets.columns import FieldType
from milepost.tickets.events import CreditRule, ReplayRules, Response, Tells

# The form of the manifest and of the event files; a newer one is refused.
SCHEMA: Final = 3
# The version of the replay that made the facts: raise it with every change of columns or rules, and facts of an
# earlier one are made anew from their events.
FACTS: Final = 3
NAME: Final = "manifest.json"
PREVIOUS: Final = "manifest.previous.json"


@dataclass(frozen=True)
class TicketFiles:
    """The three files of some tickets of a source, by their paths below the store's folder."""

    tickets: str
    events: str
    facts: str

    def files(self) -> tuple[str, str, str]:
        """All of them."""
        return self.tickets, self.events, self.facts


@dataclass(frozen=True)
class SourceFiles:
    """What the store holds of one source: how it is replayed, what it can tell, its named fields, and its tickets.

    `months` are the files of the tickets created in each. A ticket that stands in the `delta` changed since; what the
    file of its month says of it no longer counts. `version` is that of the replay that made its facts.
    """

    rules: ReplayRules
    fields: dict[str, FieldType] = field(default_factory=dict)
    months: dict[str, TicketFiles] = field(default_factory=dict)
    tells: frozenset[Tells] = frozenset()
    version: int = FACTS
    delta: TicketFiles | None = None

    def only(self, months: Collection[str]) -> Self:
        """The same with these months alone, as far as they are held; the delta stays."""
        return replaced(self, months={month: self.months[month] for month in months if month in self.months})

    def parts(self) -> Iterator[TicketFiles]:
        """All its files, the delta last."""
        yield from self.months.values()
        if self.delta is not None:
            yield self.delta


@dataclass(frozen=True)
class Changes:
    """A file of the facts that came and went in one source with the last write."""

    source: str
    file: str


@dataclass(frozen=True)
class Manifest:
    """The store at one moment. `calendars` are those that all its facts were timed by; their teams are groups.

    `changes` tell all that the last write did to the facts, where it is little; None where only the facts tell.
    """

    generation: int = 0
    next_ticket: int = 1
    names: str | None = None
    calendars: Calendars = NO_CALENDARS
    sources: dict[str, SourceFiles] = field(default_factory=dict)
    changes: Changes | None = None

    def files(self) -> Iterator[str]:
        """Every file the store stands on."""
        if self.names is not None:
            yield self.names
        if self.changes is not None:
            yield self.changes.file
        for source in self.sources.values():
            for part in source.parts():
                yield from part.files()

    def held(self, sources: Collection[str] | None = None) -> list[SourceFiles]:
        """What is held of all sources, or of these."""
        return [source for slug, source in self.sources.items() if sources is None or slug in sources]

    def facts(self, sources: Collection[str] | None = None) -> list[str]:
        """The fact files of all sources, or of these, those of deltas too."""
        return [part.facts for source in self.held(sources) for part in source.parts()]

    def deltas(self, sources: Collection[str] | None = None) -> list[TicketFiles]:
        """The deltas of all sources, or of these: a ticket in one of them is not to be read from its month."""
        return [source.delta for source in self.held(sources) if source.delta is not None]

    def tells(self) -> dict[str, frozenset[Tells]]:
        """What each source can tell."""
        return {slug: source.tells for slug, source in self.sources.items()}

    def fields(self) -> dict[str, FieldType]:
        """The named fields of all sources."""
        return {name: kind for source in self.sources.values() for name, kind in source.fields.items()}


def read(folder: Path, name: str = NAME) -> Manifest:
    """The manifest in `folder`; an empty one where nothing was written yet. Refuses a newer schema."""
    try:
        kept = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    if kept["schema"] > SCHEMA:
        raise Misconfigured(
            gettext_noop("The facts in %(folder)s were written by a newer version of Milepost. Run that version."),
            folder=folder,
        )
    return Manifest(
        generation=kept["generation"],
        next_ticket=kept["next_ticket"],
        names=kept["names"],
        calendars=calendars_kept.from_json(kept["calendars"]) if "calendars" in kept else NO_CALENDARS,
        sources={slug: _source(source) for slug, source in kept["sources"].items()},
        changes=Changes(**kept["changes"]) if kept.get("changes") else None,
    )


def _source(kept: dict[str, Any]) -> SourceFiles:
    rules = _rules(kept["rules"])
    # The first schema named neither; it knew no ratings.
    tells = kept.get("tells", rules.able() - {Tells.RATINGS})
    return SourceFiles(
        rules=rules,
        fields={name: FieldType(kind) for name, kind in kept["fields"].items()},
        months={month: TicketFiles(**files) for month, files in kept["months"].items()},
        tells=frozenset(map(Tells, tells)),
        version=kept.get("version", 1),
        delta=TicketFiles(**kept["delta"]) if kept.get("delta") else None,
    )


def _rules(kept: dict[str, Any]) -> ReplayRules:
    return ReplayRules(history=kept["history"], response=Response(kept["response"]), credit=CreditRule(kept["credit"]))


def replace(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the one that readers see, and keep the one before for those still reading its files."""
    current = folder / NAME
    if current.exists():
        _write(folder / PREVIOUS, current.read_text(encoding="utf-8"))
    whole = {
        "schema": SCHEMA,
        "generation": manifest.generation,
        "next_ticket": manifest.next_ticket,
        "names": manifest.names,
        "calendars": calendars_kept.to_json(manifest.calendars),
        "sources": {slug: asdict(source) for slug, source in manifest.sources.items()},
        "changes": manifest.changes and asdict(manifest.changes),
    }
    _write(current, json.dumps(whole, indent=1, sort_keys=True, default=sorted))


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
