"""Every metric, one declaration each, by key; and what a goal may ask of each. Pages list what is told here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.catalog.levels import LEVELS
from milepost.metrics.catalog.quality import QUALITY
from milepost.metrics.catalog.speed import SPEED
from milepost.metrics.catalog.volume import VOLUME
from milepost.metrics.metric import Metric
from milepost.tickets.columns import FIELD_PREFIX, FieldType
from milepost.tickets.events import Tells

CATEGORIES: Final[Mapping[str, tuple[Metric, ...]]] = {
    gettext_noop("Volume"): VOLUME,
    gettext_noop("Speed"): SPEED,
    gettext_noop("Quality"): QUALITY,
    gettext_noop("Levels"): LEVELS,
}
METRICS: Final[dict[str, Metric]] = {metric.key: metric for one in CATEGORIES.values() for metric in one}


@dataclass(frozen=True)
class Filter:
    """A column by which the facts of a measure may be narrowed; `names` is the kind of name its numbers stand for."""

    column: str
    name: str
    type: FieldType
    names: str | None


FILTERS: Final = (
    Filter("pipeline", gettext_noop("Pipeline"), FieldType.TEXT, "pipeline"),
    Filter("team", gettext_noop("Group"), FieldType.TEXT, "team"),
    Filter("agent", gettext_noop("Agent"), FieldType.TEXT, "agent"),
    Filter("priority", gettext_noop("Priority"), FieldType.TEXT, "priority"),
    Filter("channel", gettext_noop("Channel"), FieldType.TEXT, "channel"),
)


def metrics() -> tuple[Metric, ...]:
    """All of them, in the order of their categories. Each tells its aggregates, unit, direction and what it needs."""
    return tuple(METRICS.values())


def filters(fields: Mapping[str, FieldType]) -> tuple[Filter, ...]:
    """The columns that every source may have, then the named fields of these sources (`Manifest.fields()`)."""
    own = (
        Filter(FIELD_PREFIX + name, name, kind, FIELD_PREFIX + name if kind is FieldType.TEXT else None)
        for name, kind in sorted(fields.items())
    )
    return (*FILTERS, *own)


def tellers(metric: Metric, sources: Mapping[str, frozenset[Tells]]) -> list[str]:
    """The sources (`Manifest.tells()`) that can tell a metric; of the others it is not told, never 0."""
    return [slug for slug, tells in sources.items() if metric.needs <= tells]
