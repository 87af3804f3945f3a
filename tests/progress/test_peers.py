"""Bugs that other products have or had, each as a test. Goals over May, June and July 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db.models import ProtectedError

from milepost.calendars.periods import Duration
from milepost.goals import actions, editing
from milepost.goals.actions import NewGoal
from milepost.goals.editing import Edit
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Goal, Target
from milepost.goals.status import Status
from milepost.metrics.catalog.volume import REOPENS
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Measure
from milepost.notifications import watch
from milepost.notifications.models import Notice
from milepost.people import actions as people
from milepost.people.roles import Role
from milepost.progress.models import Measurement, Snapshot, Verdict

MAY = datetime(2026, 5, 1, tzinfo=UTC)
MID_JUNE = datetime(2026, 6, 16, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FINAL = JULY + DAY


def at_eight(*days: int) -> list[datetime]:
    """Eight o'clock of these days of June."""
    return [datetime(2026, 6, day, 8, tzinfo=UTC) for day in days]


def june(goal: Any, name: str = "Celina") -> Any:
    """What June came to."""
    rows = Verdict.objects.filter(target__contributor__goal=goal, target__milestone__first_day__month=6)
    return next(one for one in rows if str(one.target.contributor) == name)


def test_a_goal_at_zero_fails_though_its_value_never_changed(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", [datetime(2026, 5, 4, 8, tzinfo=UTC)])
    desk.is_read_until(JULY)
    for now in (MID_JUNE, JULY, FINAL):
        desk.refresh(now)
    assert (june(goal).shown, june(goal).status) == (0, Status.MISSED)


def test_absent_people_are_judged_like_everybody(desk: Any) -> None:
    """Dawid has no user, never signed in, and did nothing since May."""
    goal = desk.goal("Celina", "Dawid", value=1)
    desk.solves("Dawid", [datetime(2026, 5, 4, 8, tzinfo=UTC)])
    desk.solves("Celina", at_eight(1))
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert (june(goal).status, june(goal, "Dawid").status) == (Status.ACHIEVED, Status.MISSED)


def test_lower_is_better_is_not_reached_on_the_first_day_and_what_was_reached_reverts(desk: Any) -> None:
    response = desk.goal("Celina", value=3600, measure=RESPONSE.measure)
    reopens = desk.goal("Celina", value=1, measure=Measure(REOPENS, Aggregate.COUNT))
    closed = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(1, 2, 3, 4, 5))
    desk.refresh(MID_JUNE)
    for goal in (response, reopens):
        assert desk.measured(goal, "Celina", 6).status_running == Status.IN_PROGRESS
    assert desk.measured(closed, "Celina", 6).status_running == Status.EXCEEDED
    for day in (17, 18):
        desk.reopens("Celina", at_eight(5)[0], datetime(2026, 6, day, tzinfo=UTC))
    desk.solves("Celina", at_eight(20), after=timedelta(hours=90))
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert june(response).status == Status.MISSED
    assert june(closed).shown == 5


def test_whose_tickets_are_gone_is_set_to_zero(desk: Any) -> None:
    goal = desk.goal("Celina", value=1)
    desk.solves("Celina", at_eight(1))
    desk.refresh(MID_JUNE)
    assert desk.measured(goal, "Celina", 6).shown == 1
    desk.reopens("Celina", at_eight(1)[0], at_eight(2)[0])
    desk.refresh(MID_JUNE)
    assert (desk.measured(goal, "Celina", 6).shown, desk.measured(goal, "Celina", 6).progress) == (0, 0)


def test_the_first_second_after_the_end_counts_in_the_next_milestone_alone(desk: Any) -> None:
    """Elsewhere a week had eight days: the Monday after it counted twice."""
    goal = desk.goal("Celina", value=1)
    desk.solves("Celina", [JULY - timedelta(minutes=30), JULY - timedelta(minutes=30, seconds=1)])
    desk.refresh(JULY + DAY)
    assert [desk.measured(goal, "Celina", month).shown for month in (6, 7)] == [1, 1]


def test_what_equals_the_target_is_achieved_at_100_percent_where_lower_is_better_too(desk: Any) -> None:
    goal = desk.goal("Celina", value=1800, measure=RESPONSE.measure)
    desk.solves("Celina", at_eight(1, 2, 3, 4, 5))
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert (june(goal).status, june(goal).progress) == (Status.ACHIEVED, 100)


def test_a_success_of_the_last_second_is_judged(desk: Any) -> None:
    """Elsewhere the job of the next morning looked only at goals that still ran."""
    goal = desk.goal("Celina", value=1)
    desk.solves("Celina", [JULY - timedelta(minutes=30, seconds=1)])
    desk.is_read_until(JULY)
    desk.refresh(JULY - DAY)
    desk.refresh(FINAL + timedelta(hours=9))
    assert june(goal).status == Status.ACHIEVED


def test_a_success_of_the_last_afternoon_is_announced(desk: Any) -> None:
    """Elsewhere it never was, for the job of the next morning looked only at goals that still ran."""
    celina = desk.person("Celina")
    people.create_user("celina@example.org", None, name="Celina", role=Role.AGENT, person=celina, by=None, now=MAY)
    watch.look(Goal.objects.none(), now=MAY)
    desk.goal("Celina", value=1)
    desk.refresh(JULY - DAY)
    watch.look(Goal.objects.all(), now=JULY - DAY)
    desk.solves("Celina", [JULY - timedelta(hours=7)])
    desk.is_read_until(JULY)
    desk.refresh(FINAL + timedelta(hours=9))
    watch.look(Goal.objects.all(), now=FINAL + timedelta(hours=9))
    told = Notice.objects.filter(milestone__first_day__month=6, kind__in=("achieved", "exceeded", "missed"))
    assert [(one.user.name, one.kind) for one in told if one.user] == [("Celina", "achieved")]


def test_a_week_has_seven_days(desk: Any) -> None:
    """Elsewhere it had eight: what was solved on the next Monday counted twice."""
    goal = actions.create(
        NewGoal(
            name="Weeks",
            measure=CLOSED.measure,
            duration=Duration.WEEKLY,
            first_day=date(2026, 6, 1),
            after_day=date(2026, 6, 15),
            zone=ZoneInfo("UTC"),
            form_key=uuid4(),
            persons=[desk.person("Celina")],
            value=Decimal(1),
        ),
        by=desk.anna,
        now=MAY,
    )
    desk.solves("Celina", at_eight(1, 7, 8))
    desk.refresh(MID_JUNE)
    weeks = Measurement.objects.filter(target__contributor__goal=goal).order_by("target__milestone__ordinal")
    assert [one.shown for one in weeks] == [2, 1]


def test_a_target_that_is_raised_after_it_was_reached_is_open_again_and_can_be_reached_again(desk: Any) -> None:
    goal = desk.goal("Celina", value=1)
    desk.solves("Celina", at_eight(1))
    desk.refresh(MID_JUNE)
    target = Target.objects.get(contributor__goal=goal, milestone__first_day__month=6)
    words = []
    for value, days in ((2, ()), (2, (17,))):
        editing.save(target.contributor, Edit({target.pk: Decimal(value)}, reason="more"), by=desk.anna, now=MID_JUNE)
        desk.solves("Celina", at_eight(*days))
        desk.refresh(MID_JUNE + 2 * DAY)
        words.append(desk.measured(goal, "Celina", 6).status_running)
    assert words == [Status.IN_PROGRESS, Status.ACHIEVED]


def test_renewing_deletes_nothing(desk: Any) -> None:
    goal = desk.goal("Celina", "Dawid", value=1)
    desk.solves("Celina", at_eight(1))
    desk.refresh(MID_JUNE)
    people.deactivate(desk.person("Dawid"), by=None, now=MID_JUNE)
    rows = [set(model.objects.values_list("pk", flat=True)) for model in (Measurement, Snapshot, Target)]
    desk.refresh(MID_JUNE + DAY)
    after = [set(model.objects.values_list("pk", flat=True)) for model in (Measurement, Snapshot, Target)]
    assert all(before <= now for before, now in zip(rows, after, strict=True))
    assert goal.contributors.count() == 2


def test_a_deleted_user_never_widens_a_goal(desk: Any) -> None:
    """The goal is of the person, who stays without a user; and nothing deletes a person that a goal is of."""
    celina = desk.person("Celina")
    user = people.create_user(
        "celina@example.org", None, name="Celina", role=Role.AGENT, person=celina, by=None, now=MAY
    )
    goal = desk.goal("Celina", value=1)
    desk.solves("Celina", at_eight(1))
    desk.solves("Ewa", at_eight(2, 3, 4))
    desk.is_read_until(JULY)
    user.delete()
    with pytest.raises(ProtectedError):
        celina.delete()
    desk.refresh(FINAL)
    assert (june(goal).shown, june(goal).status) == (1, Status.ACHIEVED)


def test_who_leaves_never_widens_a_goal_to_everybody(desk: Any) -> None:
    """Elsewhere a goal without its person was taken for one of the whole organisation."""
    goal = desk.goal("Celina", value=9)
    desk.solves("Celina", at_eight(1))
    people.deactivate(desk.person("Celina"), by=None, now=MID_JUNE)
    desk.solves("Ewa", at_eight(2, 3, 4))
    # The help desk no longer knows her name either.
    desk.person("Celina").identities.update(person=None)
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert (june(goal).shown, june(goal).status) == (0, Status.NO_DATA)
