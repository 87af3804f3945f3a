"""Names that people use for a metric with its aggregate, as `milepost measure --metric` takes them."""

from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate, Hours
from milepost.metrics.question import Measure

AGGREGATES: Final = (Aggregate.AVERAGE, Aggregate.MEDIAN, Aggregate.P75, Aggregate.P90, Aggregate.P95)
TIMES: Final = {
    "response_time": "first_response",
    "first_resolution_time": "first_resolution",
    "resolution_time": "full_resolution",
}

# average_response_time, median_resolution_time, p90_first_resolution_time, … and every metric under its own key.
PRESETS: Final[dict[str, tuple[str, Aggregate]]] = {
    **{key: (key, metric.aggregate) for key, metric in METRICS.items()},
    **{f"{aggregate.value}_{time}": (key, aggregate) for time, key in TIMES.items() for aggregate in AGGREGATES},
}


def preset(name: str, hours: Hours) -> Measure:
    """The measure of a preset; refuses a name that is none and lists those that are."""
    if name not in PRESETS:
        raise Refused(
            gettext_noop("There is no metric “%(name)s”. Use one of: %(names)s."),
            name=name,
            names=", ".join(sorted(PRESETS)),
        )
    key, aggregate = PRESETS[name]
    return Measure(METRICS[key], aggregate, hours)
