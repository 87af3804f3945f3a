"""What may be a target: whole tickets, durations from a second to 10,000 hours, shares up to 100 percent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.base.errors import Refused
from milepost.goals.targets import check
from milepost.metrics.catalog.speed import FIRST_RESPONSE
from milepost.metrics.catalog.volume import REOPENS, TICKETS_CLOSED
from milepost.metrics.metric import Aggregate, Unit
from milepost.metrics.question import Measure

CLOSED = Measure(TICKETS_CLOSED, Aggregate.COUNT)
REOPENED = Measure(REOPENS, Aggregate.COUNT)
RESPONSE = Measure(FIRST_RESPONSE, Aggregate.AVERAGE)
SHARE = Measure(replace(FIRST_RESPONSE, unit=Unit.SHARE), Aggregate.AVERAGE)


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (CLOSED, None),
        (CLOSED, "120"),
        (REOPENED, "0"),
        (RESPONSE, "1"),
        (RESPONSE, "36000000"),
        (SHARE, "0"),
        (SHARE, "99.5"),
        (SHARE, "100"),
    ],
)
def test_these_may_be(measure: Measure, value: str | None) -> None:
    assert check(None if value is None else Decimal(value), measure) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("measure", "value", "sentence"),
    [
        (CLOSED, "0", "A target of 0 cannot be reached or missed"),
        (RESPONSE, "0", "A target of 0 cannot be reached or missed"),
        (CLOSED, "120.5", "Use a whole number of tickets"),
        (CLOSED, "-1", "Use a whole number of tickets"),
        (RESPONSE, "0.5", "between 1 s and 10,000 h"),
        (RESPONSE, "36000001", "between 1 s and 10,000 h"),
        (SHARE, "100.1", "between 0% and 100%"),
        (SHARE, "-0.1", "between 0% and 100%"),
    ],
)
def test_these_are_refused(measure: Measure, value: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        check(Decimal(value), measure)


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(Refused):
        check(Decimal(value), CLOSED)
