"""The three templates of customer service."""

from milepost.goals.goal_templates import CLOSED, CUSTOMER_SERVICE, RESOLUTION, RESPONSE, TEMPLATES
from milepost.metrics.metric import Aggregate, Direction, Unit
from milepost.metrics.question import Measure


def test_there_are_three_each_with_its_own_description_all_of_customer_service() -> None:
    assert {one.name for one in TEMPLATES.values()} == {
        "Average ticket response time",
        "Average ticket resolution time",
        "Tickets closed",
    }
    assert len({one.purpose for one in TEMPLATES.values()}) == 3
    assert {one.category for one in TEMPLATES.values()} == {CUSTOMER_SERVICE}


def test_times_are_averages_where_lower_is_better_and_closed_is_a_count_where_higher_is() -> None:
    for one in (RESPONSE, RESOLUTION):
        assert (one.measure.aggregate, one.measure.unit) == (Aggregate.AVERAGE, Unit.DURATION)
        assert one.measure.direction is Direction.LOWER
    assert (CLOSED.measure.aggregate, CLOSED.measure.direction) == (Aggregate.COUNT, Direction.HIGHER)


def test_a_goal_keeps_the_measure_of_its_template() -> None:
    assert [Measure.from_json(one.measure.to_json()) for one in TEMPLATES.values()] == [
        one.measure for one in TEMPLATES.values()
    ]
