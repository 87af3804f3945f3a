"""A measure is kept with a goal, and read again as it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.base.errors import Refused
from milepost.metrics.catalog import METRICS
from milepost.metrics.catalog.volume import TICKETS_CLOSED
from milepost.metrics.metric import Aggregate, Direction, Hours, Metric
from milepost.metrics.question import Measure

TEXTS = st.lists(st.text(max_size=5), min_size=1, max_size=3).map(tuple)


@st.composite
def measures(draw: Any) -> Measure:
    """Any measure that the catalogue allows."""
    metric: Metric = draw(st.sampled_from(list(METRICS.values())))
    return Measure(
        metric,
        draw(st.sampled_from(metric.aggregates)),
        draw(st.sampled_from(Hours)),
        within=draw(st.integers(1, 10**6)) if metric.bounded else None,
        days=draw(st.integers(0, 90)) if metric.takes_days else 0,
        where=tuple(draw(st.dictionaries(st.sampled_from(["priority", "field_category"]), TEXTS)).items()),
        better=draw(st.none() | st.sampled_from(Direction)),
        least=draw(st.none() | st.integers(0, 100)),
    )


@given(measures())
def test_a_measure_is_read_as_it_was_kept(measure: Measure) -> None:
    assert Measure.from_json(measure.to_json()) == measure


@pytest.mark.parametrize("kept", [{}, {"version": 2}, {"version": 1, "metric": "tomorrow's"}])
def test_what_a_later_version_kept_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="newer version"):
        Measure.from_json(kept)


def test_only_what_grows_and_should_can_be_achieved_early() -> None:
    assert Measure(TICKETS_CLOSED, Aggregate.COUNT).can_be_achieved_early
    assert not Measure(TICKETS_CLOSED, Aggregate.COUNT, better=Direction.LOWER).can_be_achieved_early
