"""Targets are measured from the tickets. Goals over May, June and July 2026; on 16 June half of June is gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.account.actions import change
from milepost.goals import actions as goals
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Target
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.metrics.catalog.levels import BACKLOG, STILL_WAITING
from milepost.metrics.catalog.volume import REOPENS, TICKETS_CLOSED
from milepost.metrics.metric import Aggregate, Direction
from milepost.metrics.question import Measure
from milepost.people import actions as people
from milepost.progress.models import Measurement, Snapshot
from milepost.sources.models import Identity, Source

REOPENED = Measure(REOPENS, Aggregate.COUNT)
MID_JUNE = datetime(2026, 6, 16, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def days(month: int, *numbers: int) -> list[datetime]:
    """Eight o'clock of these days."""
    return [datetime(2026, month, number, 8, tzinfo=UTC) for number in numbers]


def test_half_way_through_june_3_of_6_closed_tickets_are_50_percent_and_on_pace(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1, 2, 3))
    desk.refresh(MID_JUNE)
    june = desk.measured(goal, "Celina", 6)
    assert (june.numerator, june.denominator, june.sample, june.shown) == (3, 1, 3, 3)
    assert (june.progress, june.status_running, june.pace) == (50, Status.IN_PROGRESS, Pace.ON_PACE)
    assert june.measured_at == MID_JUNE


def test_what_has_not_begun_is_not_measured(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1))
    assert desk.refresh(MID_JUNE).measured == 2
    assert desk.measured(goal, "Celina", 7) is None


def test_a_ticket_counts_in_the_month_of_its_resolution(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(5, 31), after=timedelta(days=1))
    desk.refresh(MID_JUNE)
    assert [desk.measured(goal, "Celina", month).shown for month in (5, 6)] == [0, 1]


def test_a_team_is_pooled_and_no_mean_of_means(desk: Any) -> None:
    goal = desk.goal("Frontline", "Celina", "Dawid", measure=RESPONSE.measure, value=3600)
    desk.solves("Celina", days(6, 1, 2), after=15 * MINUTE)
    desk.solves("Dawid", days(6, 3), after=60 * MINUTE)
    desk.solves("Ewa", days(6, 4), after=999 * MINUTE)
    desk.refresh(MID_JUNE)
    minutes = {name: desk.measured(goal, name, 6).shown / 60 for name in ("Celina", "Dawid", "Frontline")}
    assert minutes == {"Celina": 15, "Dawid": 60, "Frontline": 30}


def test_what_is_shown_is_what_is_judged(desk: Any) -> None:
    goal = desk.goal("Celina", measure=RESPONSE.measure, value=45 * 60)
    desk.solves("Celina", days(5, 4, 5, 6, 7, 8), after=timedelta(minutes=45, seconds=20))
    desk.refresh(MID_JUNE)
    may = desk.measured(goal, "Celina", 5)
    assert (may.numerator, may.denominator) == (5 * 2720, 5)
    assert (may.shown, may.progress, may.status_ended) == (2700, 100, Status.ACHIEVED)


def test_whoever_closed_nothing_has_a_true_zero_but_no_average(desk: Any) -> None:
    closed, response = desk.goal("Dawid", value=6), desk.goal("Dawid", measure=RESPONSE.measure, value=3600)
    desk.solves("Dawid", days(6, 1))
    desk.is_read_until(JULY)
    desk.refresh(MID_JUNE)
    count, average = (desk.measured(goal, "Dawid", 5) for goal in (closed, response))
    assert (count.shown, count.progress, count.status_ended) == (0, 0, Status.MISSED)
    assert (average.shown, average.progress, average.status_ended) == (None, None, Status.NO_DATA)


def test_a_count_is_judged_after_the_end_once_its_source_was_read_past_it(desk: Any) -> None:
    goal = desk.goal("Celina", value=3)
    desk.solves("Celina", days(6, 1, 2))
    for read_until, judged in ((JULY - DAY, Status.NO_DATA), (JULY, Status.MISSED)):
        desk.is_read_until(read_until)
        desk.refresh(JULY + DAY)
        assert desk.measured(goal, "Celina", 6).status_ended == judged


def test_a_source_without_anybody_of_the_goal_or_a_disconnected_one_is_not_waited_for(desk: Any) -> None:
    goal = desk.goal("Celina", value=3)
    desk.solves("Celina", days(6, 1, 2))
    desk.solves("Ewa", days(6, 1), source="bills")
    desk.solves("Celina", days(6, 3), source="old")
    Source.objects.filter(slug="desk").update(complete_until=JULY)
    desk.refresh(JULY)
    assert desk.measured(goal, "Celina", 6).status_ended == Status.NO_DATA
    Source.objects.filter(slug="old").update(disconnected_at=JULY)
    desk.refresh(JULY)
    assert desk.measured(goal, "Celina", 6).status_ended == Status.ACHIEVED


def test_one_person_with_two_names_in_the_help_desks_is_pooled(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1, 2))
    desk.solves("Celina", days(6, 3), source="bills")
    desk.refresh(MID_JUNE)
    assert Identity.objects.filter(person=desk.person("Celina")).count() == 2
    assert desk.measured(goal, "Celina", 6).shown == 3


def test_only_the_pipelines_of_the_target_count_and_none_means_all(desk: Any) -> None:
    desk.pipeline = "Incidents"
    desk.solves("Celina", days(6, 1, 2))
    desk.pipeline = "Requests"
    desk.solves("Celina", days(6, 3))
    every, incidents, unknown = (
        desk.goal("Celina"),
        desk.goal("Celina", pipelines=["Incidents"]),
        desk.goal("Celina", pipelines=["Complaints"]),
    )
    desk.refresh(MID_JUNE)
    assert [desk.measured(goal, "Celina", 6).shown for goal in (every, incidents, unknown)] == [3, 2, 0]


def test_targets_of_one_goal_may_differ_in_their_pipelines(desk: Any) -> None:
    desk.pipeline = "Incidents"
    desk.solves("Celina", days(6, 1, 2))
    desk.pipeline = "Requests"
    desk.solves("Dawid", days(6, 3))
    goal = desk.goal("Celina", "Dawid")
    Target.objects.filter(contributor__person=desk.person("Dawid")).update(pipelines=["Incidents"])
    desk.refresh(MID_JUNE)
    assert [desk.measured(goal, name, 6).shown for name in ("Celina", "Dawid")] == [2, 0]


def test_a_reopened_ticket_takes_an_achievement_back_while_the_month_runs(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", days(6, 1, 2))
    desk.refresh(MID_JUNE)
    assert desk.measured(goal, "Celina", 6).status_running == Status.ACHIEVED
    desk.reopens("Celina", days(6, 2)[0], MID_JUNE)
    desk.refresh(MID_JUNE + DAY)
    assert desk.measured(goal, "Celina", 6).status_running == Status.IN_PROGRESS


def test_an_ended_month_is_measured_as_of_its_end(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", days(5, 30, 31))
    desk.reopens("Celina", days(5, 31)[0], days(6, 2)[0])
    desk.refresh(MID_JUNE)
    assert desk.measured(goal, "Celina", 5).shown == 2


def test_a_limit_on_reopens_is_no_data_for_somebody_who_did_nothing(desk: Any) -> None:
    goal = desk.goal("Celina", "Dawid", measure=REOPENED, value=1)
    desk.solves("Celina", days(5, 4))
    desk.solves("Dawid", days(6, 1))
    desk.is_read_until(JULY)
    desk.refresh(MID_JUNE)
    judged = [desk.measured(goal, name, 5).status_ended for name in ("Celina", "Dawid")]
    assert judged == [Status.EXCEEDED, Status.NO_DATA]


def test_a_cell_without_a_target_is_measured_but_not_evaluated(desk: Any) -> None:
    goal = desk.goal("Celina")
    desk.solves("Celina", days(6, 1))
    desk.refresh(MID_JUNE)
    june = desk.measured(goal, "Celina", 6)
    assert (june.shown, june.progress, june.status_running, june.pace) == (1, None, Status.NOT_SET, None)


def test_a_new_target_is_judged_at_the_next_refresh_of_its_goal_alone(desk: Any) -> None:
    goal, other = desk.goal("Celina", value=6), desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1, 2, 3))
    desk.refresh(MID_JUNE)
    june = Target.objects.get(contributor__goal=goal, milestone__first_day__month=6)
    goals.set_target(june, Decimal(3), reason="on leave", by=desk.anna, now=MID_JUNE)
    desk.refresh(MID_JUNE + DAY, goal)
    assert desk.measured(goal, "Celina", 6).status_running == Status.ACHIEVED
    assert desk.measured(other, "Celina", 6).measured_at == MID_JUNE


def test_the_exceeded_threshold_and_the_minimum_sample_are_those_of_the_account(desk: Any) -> None:
    goal = desk.goal("Celina", measure=RESPONSE.measure, value=33 * 60)
    desk.solves("Celina", days(5, 4, 5), after=30 * MINUTE)
    judged = []
    thresholds: list[dict[str, Any]] = [{"minimum_sample": 3}, {"minimum_sample": 2}, {"exceeded_above": 110}]
    for settings in thresholds:
        change(by=None, now=MID_JUNE, **settings)
        desk.refresh(MID_JUNE)
        judged.append(desk.measured(goal, "Celina", 5).status_ended)
    assert judged == [Status.NO_DATA, Status.EXCEEDED, Status.ACHIEVED]


def test_every_open_target_has_one_snapshot_a_day_the_newest(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1, 2))
    desk.refresh(MID_JUNE)
    desk.solves("Celina", days(6, 16))
    desk.refresh(MID_JUNE + DAY / 2)
    desk.refresh(MID_JUNE + DAY)
    assert desk.snapshots(goal) == [(16, 3), (17, 3)]
    assert Measurement.objects.filter(target__contributor__goal=goal).count() == 2


def test_an_archived_goal_is_left_alone(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1))
    goals.archive(goal, by=desk.anna, now=MID_JUNE)
    assert desk.refresh(MID_JUNE).measured == 0


def test_a_person_who_leaves_keeps_the_last_value_and_its_moment(desk: Any) -> None:
    goal = desk.goal("Celina", "Frontline", value=6)
    desk.solves("Celina", days(6, 1, 2))
    desk.refresh(MID_JUNE)
    people.deactivate(desk.person("Celina"), by=None, now=MID_JUNE)
    desk.solves("Celina", days(6, 16))
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    june = desk.measured(goal, "Celina", 6)
    assert (june.shown, june.measured_at, june.status_ended) == (2, MID_JUNE, Status.NO_DATA)
    assert desk.measured(goal, "Frontline", 6).shown == 3


def test_what_was_reached_before_leaving_stays_reached(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", days(6, 1, 2))
    desk.refresh(MID_JUNE)
    people.deactivate(desk.person("Celina"), by=None, now=MID_JUNE)
    desk.refresh(JULY)
    assert desk.measured(goal, "Celina", 6).status_ended == Status.ACHIEVED


def test_months_that_ended_before_somebody_left_are_judged_as_ever(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", days(5, 4))
    people.deactivate(desk.person("Celina"), by=None, now=MID_JUNE)
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    assert desk.measured(goal, "Celina", 5).status_ended == Status.MISSED


def test_whoever_returns_before_the_end_is_measured_over_the_whole_month(desk: Any) -> None:
    goal = desk.goal("Celina", value=6)
    desk.solves("Celina", days(6, 1))
    people.deactivate(desk.person("Celina"), by=None, now=MID_JUNE)
    desk.solves("Celina", days(6, 17))
    people.reactivate(desk.person("Celina"), by=None, now=MID_JUNE + 2 * DAY)
    desk.refresh(MID_JUNE + 2 * DAY)
    assert desk.measured(goal, "Celina", 6).shown == 2


@pytest.mark.parametrize("measure", [RESPONSE.measure, REOPENED])
def test_the_database_is_asked_as_often_for_many_contributors_as_for_few(
    desk: Any, measure: Measure, django_assert_num_queries: Callable[..., Any]
) -> None:
    few = desk.goal("Celina", measure=measure, value=3600)
    many = desk.goal("Celina", "Dawid", "Ewa", "Frontline", "Billing", measure=measure, value=3600)
    for name in ("Celina", "Dawid", "Ewa"):
        desk.solves(name, days(6, 1, 2))
    people.deactivate(desk.person("Ewa"), by=None, now=MID_JUNE)
    with CaptureQueriesContext(connection) as for_few:
        desk.refresh(MID_JUNE, few)
    with django_assert_num_queries(len(for_few)):
        desk.refresh(MID_JUNE, many)
    assert Snapshot.objects.filter(target__contributor__goal=many).count() == 4


def test_what_no_source_can_tell_is_no_data_and_never_zero(desk: Any) -> None:
    """The log of this desk has no messages, so nobody knows who waits for one."""
    goal = desk.goal("Celina", measure=Measure(STILL_WAITING, Aggregate.COUNT), value=3)
    desk.solves("Celina", days(6, 1, 2))
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    june = desk.measured(goal, "Celina", 6)
    assert (june.shown, june.status_ended) == (None, Status.NO_DATA)


def test_an_empty_backlog_is_a_true_zero_also_of_someone_who_did_nothing(desk: Any) -> None:
    goal = desk.goal("Celina", "Dawid", measure=Measure(BACKLOG, Aggregate.COUNT), value=0)
    desk.solves("Celina", days(6, 30), after=timedelta(days=2))
    desk.solves("Dawid", days(5, 1))
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    june = [desk.measured(goal, name, 6) for name in ("Celina", "Dawid")]
    assert [(one.shown, one.status_ended) for one in june] == [(1, Status.MISSED), (0, Status.ACHIEVED)]


def test_a_measure_counts_only_the_tickets_it_names(desk: Any) -> None:
    only_a = Measure(TICKETS_CLOSED, Aggregate.COUNT, where=(("pipeline", ("A", "never seen")),))
    of_none = Measure(TICKETS_CLOSED, Aggregate.COUNT, where=(("pipeline", ("never seen",)),))
    goal = desk.goal("Celina", value=6, measure=only_a)
    nothing = desk.goal("Celina", value=6, measure=of_none)
    for pipeline, day in (("A", 1), ("B", 2), ("A", 3)):
        desk.pipeline = pipeline
        desk.solves("Celina", days(6, day))
    desk.refresh(MID_JUNE)
    assert desk.measured(goal, "Celina", 6).shown == 2
    assert desk.measured(nothing, "Celina", 6).shown == 0


def test_a_goal_may_ask_for_a_larger_sample_than_the_account(desk: Any) -> None:
    goal = desk.goal("Celina", value=3600, measure=replace(RESPONSE.measure, least=8))
    desk.solves("Celina", days(5, 1, 2, 3, 4, 5, 6))
    desk.refresh(MID_JUNE)
    assert desk.measured(goal, "Celina", 5).status_ended == Status.NO_DATA


def test_a_count_of_which_fewer_are_better_is_not_achieved_early(desk: Any) -> None:
    goal = desk.goal("Celina", value=6, measure=replace(CLOSED.measure, better=Direction.LOWER))
    desk.solves("Celina", days(6, *range(1, 8)))
    desk.refresh(MID_JUNE)
    june = desk.measured(goal, "Celina", 6)
    assert (june.shown, june.status_running, june.progress) == (7, Status.IN_PROGRESS, 85)
