"""Absences in the pace: measured by working time less absences, of people and of their teams. May 2026 has 31 days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from milepost.goals.models import Goal
from milepost.goals.pace import Pace
from milepost.people import absences, actions
from milepost.people.models import Absence, Team
from milepost.progress.clocks import Clocks
from milepost.progress.measure import refresh_people
from milepost.progress.models import Measurement, Verdict
from tests.progress.conftest import MAY, Desk

pytestmark = pytest.mark.django_db

# Half of 30 days in Celina's month when the 1st is an absence.
MID_MAY = datetime(2026, 5, 17, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def away(desk: Desk, name: str, first: date, last: date) -> Absence:
    return absences.add(desk.person(name), first, last, by=None, now=MAY)


def pace(desk: Desk, goal: Goal, name: str, now: datetime = MID_MAY) -> str | None:
    desk.refresh(now)
    row = desk.measured(goal, name, 5)
    assert row is not None
    return row.pace


def ten(desk: Desk) -> None:
    """Celina solves 10 tickets in the first half of May."""
    desk.solves("Celina", [MAY + timedelta(days=day, hours=9) for day in range(10)])


def test_whoever_was_absent_for_a_week_is_not_behind_for_it(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=24)
    # Half of the month: 12 expected, 10 are 0.83.
    assert pace(desk, goal, "Celina") == Pace.BEHIND
    away(desk, "Celina", date(2026, 5, 4), date(2026, 5, 10))
    # 9 of 24 days: 9 expected.
    assert pace(desk, goal, "Celina") == Pace.AHEAD


def test_an_absence_to_come_asks_for_more_now(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=20)
    assert pace(desk, goal, "Celina") == Pace.ON_PACE
    away(desk, "Celina", date(2026, 5, 20), date(2026, 5, 31))
    # 16 of 19 days: 16.8 expected.
    assert pace(desk, goal, "Celina") == Pace.AT_RISK


def test_it_is_too_early_until_a_fifth_of_the_days_on_which_somebody_is_there(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=24)
    away(desk, "Celina", date(2026, 5, 1), date(2026, 5, 14))
    assert pace(desk, goal, "Celina") == Pace.TOO_EARLY
    assert pace(desk, goal, "Celina", datetime(2026, 5, 19, tzinfo=UTC)) == Pace.AHEAD


def test_of_whoever_is_absent_all_month_no_pace_is_told_and_the_month_is_judged_all_the_same(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=24)
    away(desk, "Celina", date(2026, 4, 1), date(2026, 6, 30))
    assert pace(desk, goal, "Celina") is None
    desk.is_read_until(JUNE)
    desk.refresh(JUNE)
    row = desk.measured(goal, "Celina", 5)
    assert row is not None
    assert row.status_ended == "missed"


def test_a_team_works_the_sum_of_what_its_people_do(desk: Desk) -> None:
    ten(desk)
    frontline = Team.objects.get_or_create(name="Frontline")[0]
    for name in ("Celina", "Dawid"):
        actions.join(desk.person(name), frontline, since=MAY, by=None, now=MAY)
    goal = desk.goal("Frontline", value=24)
    away(desk, "Celina", date(2026, 5, 1), date(2026, 5, 16))
    (contributor,) = goal.contributors.all()
    time = Clocks.load(MID_MAY).of(contributor)
    assert time is not None
    day = 86_400
    assert time.seconds(int(MAY.timestamp()), int(JUNE.timestamp())) == (31 + 15) * day
    assert time.seconds(int(MAY.timestamp()), int(MID_MAY.timestamp())) == 16 * day


def test_whoever_left_is_no_part_of_the_team_s_working_time(desk: Desk) -> None:
    ten(desk)
    frontline = Team.objects.get_or_create(name="Frontline")[0]
    for name in ("Celina", "Dawid"):
        actions.join(desk.person(name), frontline, since=MAY, by=None, now=MAY)
    goal = desk.goal("Frontline", value=24)
    away(desk, "Celina", date(2026, 5, 1), date(2026, 5, 16))
    actions.deactivate(desk.person("Celina"), by=None, now=MID_MAY)
    (contributor,) = goal.contributors.all()
    assert Clocks.load(MID_MAY).of(contributor) is None


def test_the_pace_is_right_as_soon_as_an_absence_is_entered(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=24)
    assert pace(desk, goal, "Celina") == Pace.BEHIND
    away(desk, "Celina", date(2026, 5, 4), date(2026, 5, 10))
    refresh_people([desk.person("Celina").pk], store=desk.store, now=MID_MAY)
    row = desk.measured(goal, "Celina", 5)
    assert row is not None
    assert row.pace == Pace.AHEAD
    assert row.shown == 10


def test_an_absence_entered_after_the_end_changes_nothing_that_is_kept(desk: Desk) -> None:
    ten(desk)
    goal = desk.goal("Celina", value=24)
    later = datetime(2026, 6, 10, tzinfo=UTC)
    desk.is_read_until(later)
    desk.refresh(later)
    kept = list(Verdict.objects.filter(target__contributor__goal=goal).values())
    measured = list(Measurement.objects.filter(target__milestone__first_day=date(2026, 5, 1)).values("shown", "pace"))
    assert kept
    away(desk, "Celina", date(2026, 5, 4), date(2026, 5, 31))
    refresh_people([desk.person("Celina").pk], store=desk.store, now=later)
    assert list(Verdict.objects.filter(target__contributor__goal=goal).values()) == kept
    again = Measurement.objects.filter(target__milestone__first_day=date(2026, 5, 1)).values("shown", "pace")
    assert list(again) == measured
