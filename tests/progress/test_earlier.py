"""What was done and wished in periods before a goal began."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from milepost.calendars.periods import Duration
from milepost.goals.goal_templates import CLOSED, RESOLUTION
from milepost.goals.models import Goal
from milepost.metrics.question import Window
from milepost.people.models import Team
from milepost.progress import earlier

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MONTHS = [
    Window(number, *(int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) for month in (5 + number, 6 + number)))
    for number in range(2)
]


def days(month: int, *numbers: int) -> list[datetime]:
    """Eight o'clock of these days."""
    return [datetime(2026, month, number, 8, tzinfo=UTC) for number in numbers]


def test_people_and_teams_have_what_they_did_in_each_period(desk: Any) -> None:
    desk.solves("Celina", days(5, 1, 2))
    desk.solves("Dawid", days(6, 1))
    frontline = Team.objects.get(name="Frontline") if Team.objects.exists() else None
    celina, dawid = desk.person("Celina"), desk.person("Dawid")
    people = [celina, dawid, *([frontline] if frontline else [])]
    done = earlier.actuals(desk.store, CLOSED.measure, people, MONTHS, team_by=Goal.TeamBy.GROUP, now=JULY)
    assert (done[celina, 0], done[dawid, 1]) == (Decimal(2), Decimal(1))
    assert (celina, 1) not in done
    assert frontline is None or (done[frontline, 0], done[frontline, 1]) == (Decimal(2), Decimal(1))


def test_a_time_is_shown_as_it_would_be_judged(desk: Any) -> None:
    desk.solves("Celina", days(5, 1, 2))
    celina = desk.person("Celina")
    done = earlier.actuals(desk.store, RESOLUTION.measure, [celina], MONTHS, team_by=Goal.TeamBy.GROUP, now=JULY)
    assert done == {(celina, 0): Decimal(1800)}


def test_the_targets_are_those_of_the_same_measure_and_duration(desk: Any) -> None:
    celina = desk.person("Celina")
    desk.goal("Celina", value=7, measure=RESOLUTION.measure)
    desk.goal("Celina", value=6)
    desk.goal("Celina", value=8)
    asked = {date(2026, 5, 1): 0, date(2026, 6, 1): 1, date(2025, 5, 1): 2}
    wished = earlier.targets(desk.anna, CLOSED.measure, Duration.MONTHLY, [celina], asked, now=JULY)
    # The newest goal tells.
    assert wished == {(celina, 0): Decimal(8), (celina, 1): Decimal(8)}
    assert earlier.targets(desk.anna, CLOSED.measure, Duration.WEEKLY, [celina], asked, now=JULY) == {}
