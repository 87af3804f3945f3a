"""Names that people use for a metric with its aggregate, as `milepost measure --metric` takes them."""

from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate, Hours
from milepost.metrics.question import Measure

AGGREGATES: Final = (Aggregate.AVERAGE, Aggregate.MEDIAN, Aggregate.P75, Aggregate.P90, Aggregate.P95)
# The short names of the first three came first, and stay.
TIMES: Final = {
    "response_time": "first_response",
    "first_resolution_time": "first_resolution",
    "resolution_time": "full_resolution",
    "next_reply_time": "next_reply",
    "time_to_assign": "time_to_assign",
    "net_resolution_time": "net_resolution",
    "requester_wait": "requester_wait",
    "agent_wait": "agent_wait",
    "on_hold": "on_hold",
}

# average_response_time, median_resolution_time, p90_first_resolution_time, … and every metric under its own key.
PRESETS: Final[dict[str, tuple[str, Aggregate]]] = {
    **{key: (key, metric.aggregate) for key, metric in METRICS.items()},
    **{f"{aggregate.value}_{time}": (key, aggregate) for time, key in TIMES.items() for aggregate in AGGREGATES},
}


def preset(name: str, hours: Hours, *, within: int | None = None, days: int | None = None) -> Measure:
    """The measure of a preset; refuses a name that is none and lists those that are."""
    if name not in PRESETS:
        raise Refused(
            gettext_noop("There is no metric “%(name)s”. Use one of: %(names)s."),
            name=name,
            names=", ".join(sorted(PRESETS)),
        )
    key, aggregate = PRESETS[name]
    metric = METRICS[key]
    return Measure(metric, aggregate, hours, within=within, days=metric.days if days is None else days)
