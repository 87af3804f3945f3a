"""Verdicts of June 2026, which ends on 1 July; the grace is 24 hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from milepost.account.actions import change
from milepost.account.queries import the_account
from milepost.base.errors import NotAllowed, Refused
from milepost.goals import actions as goals
from milepost.goals import editing, pipelines
from milepost.goals.editing import Edit
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Goal, Target
from milepost.goals.pipelines import Move
from milepost.goals.status import Status
from milepost.history.models import Change
from milepost.people import actions as people
from milepost.people.roles import Role
from milepost.progress import reopening, settings
from milepost.progress.models import Verdict
from milepost.progress.reopening import Basis
from milepost.sources.models import Identity, Source
from tests.cast import user

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FINAL = JULY + DAY


def at_eight(month: int, *days: int) -> list[datetime]:
    """Eight o'clock of these days."""
    return [datetime(2026, month, day, 8, tzinfo=UTC) for day in days]


def verdicts(goal: Goal, name: str = "Celina", month: int = 6) -> list[tuple[Any, ...]]:
    """What a contributor's month came to, the oldest verdict first."""
    rows = Verdict.objects.filter(target__contributor__goal=goal, target__milestone__first_day__month=month)
    return [(row.shown, row.status) for row in rows.order_by("number") if str(row.target.contributor) == name]


def target(goal: Goal, name: str = "Celina", month: int = 6) -> Target:
    """The target of a contributor in a month."""
    rows = Target.objects.filter(contributor__goal=goal, milestone__first_day__month=month)
    return next(one for one in rows.select_related("contributor__goal", "milestone") if str(one.contributor) == name)


@pytest.fixture
def june(desk: Any) -> Goal:
    """Celina closes three tickets in June, of which two are wished, and all of June was read."""
    goal: Goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 2, 30))
    desk.is_read_until(JULY)
    return goal


def test_a_verdict_comes_when_the_grace_is_over_and_once(desk: Any, june: Goal) -> None:
    desk.refresh(FINAL - SECOND)
    assert verdicts(june) == []
    for now in (FINAL, FINAL + DAY):
        desk.refresh(now)
        assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_a_verdict_keeps_all_that_it_rests_on(desk: Any, june: Goal) -> None:
    desk.refresh(FINAL)
    kept = Verdict.objects.get(target=target(june))
    assert (kept.shown, kept.wished) == (Decimal(3), Decimal(2))
    assert (kept.numerator, kept.denominator, kept.sample, kept.progress) == (3, 1, 3, 150)
    assert (kept.number, kept.basis, kept.judged_at, kept.measured_at) == (1, Basis.END, FINAL, FINAL)
    assert (kept.measure, kept.pipelines, kept.stopped_at) == (june.measure, [], None)
    assert kept.rules == {"exceeded_above": 100, "minimum_sample": 5}
    assert kept.watermarks == {"desk": ["2026-05-01T00:00:00+00:00", "2026-07-01T00:00:00+00:00"]}
    assert kept.calendar_version is None


def test_later_changes_never_move_a_verdict_and_the_restated_value_stands_beside_it(desk: Any, june: Goal) -> None:
    desk.refresh(FINAL)
    desk.reopens("Celina", at_eight(6, 30)[0], FINAL + DAY)
    desk.refresh(FINAL + 2 * DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED)]
    assert desk.measured(june, "Celina", 6).shown == 2


def test_what_was_reopened_between_end_and_verdict_counts_as_of_the_end(desk: Any, june: Goal) -> None:
    desk.reopens("Celina", at_eight(6, 30)[0], JULY + timedelta(hours=2))
    desk.refresh(FINAL)
    assert verdicts(june) == [(3, Status.EXCEEDED)]
    desk.refresh(FINAL + SECOND)
    assert desk.measured(june, "Celina", 6).shown == 2


def test_with_a_reopen_window_a_resolution_undone_within_it_does_not_count_and_the_verdict_waits_for_it(
    desk: Any,
) -> None:
    goal = desk.goal("Celina", value=2, measure=replace(CLOSED.measure, days=3))
    desk.solves("Celina", at_eight(6, 1, 2, 30))
    desk.reopens("Celina", at_eight(6, 30)[0], JULY + DAY)
    desk.is_read_until(JULY + 3 * DAY)
    desk.refresh(FINAL + 3 * DAY - SECOND)
    assert verdicts(goal) == []
    desk.refresh(FINAL + 3 * DAY)
    assert verdicts(goal) == [(2, Status.ACHIEVED)]


def test_a_change_of_grace_holds_for_what_is_not_final(desk: Any, june: Goal) -> None:
    desk.refresh(datetime(2026, 6, 2, tzinfo=UTC))
    assert verdicts(june, month=5) == [(0, Status.MISSED)]
    change(by=None, now=JULY, grace_hours=48)
    desk.refresh(FINAL)
    assert (verdicts(june), verdicts(june, month=5)) == ([], [(0, Status.MISSED)])
    desk.refresh(FINAL + DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_a_source_that_is_behind_the_end_keeps_it_provisional_until_it_was_read(desk: Any, june: Goal) -> None:
    desk.is_read_until(JULY - SECOND)
    desk.refresh(FINAL + 3 * DAY)
    assert verdicts(june) == []
    desk.is_read_until(JULY)
    desk.refresh(FINAL + 4 * DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_a_source_that_was_removed_after_the_end_no_longer_counts(desk: Any, june: Goal) -> None:
    desk.solves("Celina", at_eight(6, 3), source="old")
    Source.objects.filter(slug="old").update(complete_until=JULY + timedelta(hours=1))
    Source.objects.filter(slug="desk").update(complete_until=JULY - DAY, disconnected_at=JULY + DAY)
    desk.refresh(FINAL)
    # The desk was not read to the end, so a count over it has no data.
    assert verdicts(june) == [(4, Status.NO_DATA)]


def test_a_source_that_was_removed_before_the_end_is_not_drawn_on_at_all(desk: Any, june: Goal) -> None:
    desk.solves("Celina", at_eight(6, 3), source="old")
    Source.objects.filter(slug="old").update(complete_until=None, disconnected_at=JUNE + DAY)
    desk.refresh(FINAL)
    assert verdicts(june) == [(4, Status.EXCEEDED)]


def test_a_source_of_files_alone_is_final_once_a_file_reaches_past_the_end(desk: Any, june: Goal) -> None:
    """The newest event of a file is how far it goes, unless somebody states more."""
    desk.is_read_until(at_eight(6, 30)[0])
    desk.refresh(FINAL + 3 * DAY)
    assert verdicts(june) == []
    desk.solves("Celina", at_eight(7, 2))
    desk.is_read_until(at_eight(7, 2)[0])
    desk.refresh(FINAL + 4 * DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_a_dead_source_is_named_after_seven_days_and_a_manager_finalises_without_it(desk: Any, june: Goal) -> None:
    desk.is_read_until(JULY - DAY)
    milestone = june.milestones.get(ordinal=1)
    for now, finalisable in ((FINAL + 7 * DAY - SECOND, False), (FINAL + 7 * DAY, True)):
        desk.refresh(now)
        wait = reopening.waits_of(june, now=now)[milestone.pk]
        assert (wait.behind, wait.may_be_finalised) == (("desk",), finalisable)
    with pytest.raises(Refused, match="becomes final by itself"):
        reopening.finalise_waiting(milestone, reason="dead", store=desk.store, by=desk.anna, now=FINAL)
    with pytest.raises(Refused, match="Say why"):
        reopening.finalise_waiting(milestone, reason=" ", store=desk.store, by=desk.anna, now=FINAL + 8 * DAY)
    now = FINAL + 8 * DAY
    assert (
        reopening.finalise_waiting(milestone, reason="the desk is gone", store=desk.store, by=desk.anna, now=now) == 1
    )
    assert verdicts(june) == [(3, Status.NO_DATA)]
    told = Change.objects.get(verb="finalised")
    assert (told.actor_name, told.reason, told.thing_id) == ("Anna", "the desk is gone", str(target(june).pk))


def test_whoever_may_not_reopen_may_not_finalise(desk: Any, june: Goal) -> None:
    bartek, filip = user("Bartek", Role.AGENT), user("Filip", Role.MANAGER)
    filip.seat = False
    filip.save()
    desk.is_read_until(JULY - DAY)
    now = FINAL + 8 * DAY
    desk.refresh(now)
    for one in (bartek, filip):
        with pytest.raises(NotAllowed):
            reopening.finalise_waiting(june.milestones.get(ordinal=1), reason="x", store=desk.store, by=one, now=now)
    desk.is_read_until(JULY)
    desk.refresh(now)
    for one in (bartek, filip):
        with pytest.raises(NotAllowed):
            reopening.reopen(target(june), reason="x", store=desk.store, by=one, now=now)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


@pytest.mark.parametrize(("basis", "verdict"), [(Basis.END, (3, Status.MISSED)), (Basis.LATER, (2, Status.MISSED))])
def test_a_reopened_result_is_judged_anew_as_of_the_end_or_with_later_changes(
    desk: Any, june: Goal, basis: Basis, verdict: tuple[int, Status]
) -> None:
    desk.refresh(FINAL)
    desk.reopens("Celina", at_eight(6, 30)[0], FINAL + DAY)
    now = FINAL + 2 * DAY
    one = target(june)
    with pytest.raises(Refused, match="locked"):
        editing.save(one.contributor, Edit({one.pk: Decimal(4)}, reason="agreed"), by=desk.anna, now=now)
    reopening.reopen(one, reason="the target was wrong", store=desk.store, by=desk.anna, now=now)
    editing.save(one.contributor, Edit({one.pk: Decimal(4)}, reason="agreed"), by=desk.anna, now=now)
    assert reopening.choices(one, store=desk.store, now=now) == {Basis.END: 3, Basis.LATER: 2}
    desk.refresh(now + 30 * DAY)
    assert (verdicts(june), desk.measured(june, "Celina", 6).shown) == ([(3, Status.EXCEEDED)], 3)
    later = now + 31 * DAY
    reopening.finalise(one, basis=basis, reason="", store=desk.store, by=desk.anna, now=later)
    assert verdicts(june) == [(3, Status.EXCEEDED), verdict]
    assert desk.measured(june, "Celina", 6).verdict.number == 2
    assert list(Change.objects.filter(thing_kind="target").values_list("verb", flat=True)) == [
        "finalised",
        "set",
        "reopened",
    ]
    desk.refresh(later + DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED), verdict]
    assert desk.measured(june, "Celina", 6).shown == 2


def test_a_reopened_result_may_count_other_pipelines(desk: Any) -> None:
    desk.pipeline = "Incidents"
    desk.solves("Celina", at_eight(6, 1, 2))
    desk.pipeline = "Requests"
    desk.solves("Celina", at_eight(6, 3))
    desk.is_read_until(JULY)
    goal = desk.goal("Celina", value=2)
    desk.refresh(FINAL)
    one = target(goal)
    move = Move(frozenset({one.contributor_id}), one.milestone, ("Incidents",), "requests are another team's")
    with pytest.raises(Refused, match="locked"):
        pipelines.change(goal, move, seen=1, by=desk.anna, now=FINAL)
    reopening.reopen(one, reason="pipelines", store=desk.store, by=desk.anna, now=FINAL)
    moved = pipelines.change(goal, move, seen=2, by=desk.anna, now=FINAL)
    assert [each.milestone.ordinal for each in moved] == [1, 2]
    reopening.finalise(one, basis=Basis.END, reason="", store=desk.store, by=desk.anna, now=FINAL)
    assert verdicts(goal) == [(3, Status.EXCEEDED), (2, Status.ACHIEVED)]


def test_only_what_is_final_is_reopened_and_only_what_is_reopened_finalised(desk: Any, june: Goal) -> None:
    desk.refresh(JULY)
    act = {"store": desk.store, "by": desk.anna, "now": FINAL}
    with pytest.raises(Refused, match="nothing to reopen"):
        reopening.reopen(target(june), reason="x", **act)
    desk.refresh(FINAL)
    with pytest.raises(Refused, match="nothing to finalise"):
        reopening.finalise(target(june), basis=Basis.END, reason="x", **act)
    with pytest.raises(Refused, match="Say why"):
        reopening.reopen(target(june), reason="", **act)
    reopening.reopen(target(june), reason="x", **act)
    with pytest.raises(Refused, match="nothing to reopen"):
        reopening.reopen(target(june), reason="x", **act)


def test_thresholds_working_hours_mapping_and_people_who_move_or_leave_change_no_verdict(desk: Any, june: Goal) -> None:
    desk.refresh(FINAL)
    before = list(Verdict.objects.order_by("pk").values())
    settings.change({"exceeded_above": 120, "minimum_sample": 9}, reason="agreed", by=None, now=FINAL)
    settings.change({"zone": "Asia/Kathmandu", "fiscal_month": 4}, reason="moved", by=None, now=FINAL)
    Identity.objects.filter(kind="agent", person__name="Celina").update(person=desk.person("Ewa"))
    people.deactivate(desk.person("Celina"), by=None, now=FINAL, since=JUNE + DAY)
    people.change_person(desk.person("Celina"), name="(erased)", email="", by=None, now=FINAL)
    desk.refresh(FINAL + DAY)
    desk.refresh(FINAL + 2 * DAY)
    assert (
        list(Verdict.objects.filter(target__in=[row["target_id"] for row in before]).order_by("pk").values()) == before
    )
    assert settings.consequences(the_account(), now=FINAL).effect.targets == 0


def test_the_database_itself_changes_and_deletes_no_verdict(desk: Any, june: Goal) -> None:
    desk.refresh(FINAL)
    for statement in ("UPDATE progress_verdict SET status = 'missed'", "DELETE FROM progress_verdict"):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_a_milestone_without_a_target_is_final_without_being_judged(desk: Any) -> None:
    goal = desk.goal("Celina")
    desk.solves("Celina", at_eight(6, 1))
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert verdicts(goal) == [(1, Status.NOT_SET)]


def test_who_was_removed_has_no_verdict_until_they_are_back(desk: Any, june: Goal) -> None:
    celina = june.contributors.get()
    goals.remove([celina.pk], by=desk.anna, now=JULY)
    desk.refresh(FINAL)
    assert verdicts(june) == []
    goals.bring_back([celina.pk], by=desk.anna, now=FINAL)
    desk.refresh(FINAL + DAY)
    assert verdicts(june) == [(3, Status.EXCEEDED)]


def test_many_targets_are_judged_in_as_many_queries_as_few(
    desk: Any, django_assert_num_queries: Callable[..., Any]
) -> None:
    few = desk.goal("Celina", value=1)
    many = desk.goal("Celina", "Dawid", "Ewa", "Frontline", "Billing", value=1)
    for name in ("Celina", "Dawid", "Ewa"):
        desk.solves(name, at_eight(6, 1))
    desk.is_read_until(JULY)
    with CaptureQueriesContext(connection) as for_few:
        desk.refresh(FINAL, few)
    with django_assert_num_queries(len(for_few)):
        desk.refresh(FINAL, many)
    assert Verdict.objects.filter(target__contributor__goal=many).count() == 10


# People who leave.


def test_who_leaves_is_final_at_the_end_with_the_value_of_that_moment_and_no_data(desk: Any) -> None:
    goal = desk.goal("Celina", "Frontline", value=6)
    desk.solves("Celina", at_eight(6, 1, 2))
    left = datetime(2026, 6, 16, tzinfo=UTC)
    people.deactivate(desk.person("Celina"), by=None, now=left)
    desk.solves("Celina", at_eight(6, 16))
    desk.is_read_until(JULY)
    desk.refresh(JULY - SECOND)
    assert verdicts(goal) == []
    desk.refresh(JULY)
    kept = Verdict.objects.get(target=target(goal))
    assert verdicts(goal) == [(2, Status.NO_DATA)]
    assert (kept.measured_at, kept.stopped_at) == (left, left)
    desk.refresh(FINAL)
    # The team keeps what was done before, and after.
    assert verdicts(goal, "Frontline") == [(3, Status.MISSED)]


def test_who_had_reached_the_target_before_leaving_keeps_it(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 2))
    people.deactivate(desk.person("Celina"), by=None, now=datetime(2026, 6, 16, tzinfo=UTC))
    desk.refresh(JULY)
    assert verdicts(goal) == [(2, Status.ACHIEVED)]


def test_who_left_before_it_began_has_no_value_and_no_data(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 20))
    people.deactivate(desk.person("Celina"), by=None, now=datetime(2026, 5, 16, tzinfo=UTC))
    desk.refresh(JULY)
    assert verdicts(goal) == [(None, Status.NO_DATA)]


def test_what_was_measured_before_it_was_known_that_somebody_had_left_is_no_result(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 2))
    desk.refresh(datetime(2026, 6, 3, tzinfo=UTC))
    assert desk.measured(goal, "Celina", 6).shown == 1
    people.deactivate(
        desk.person("Celina"), by=None, now=datetime(2026, 6, 4, tzinfo=UTC), since=datetime(2026, 5, 30, tzinfo=UTC)
    )
    desk.refresh(JULY)
    assert verdicts(goal) == [(None, Status.NO_DATA)]


def test_who_comes_back_before_the_end_is_judged_over_the_whole_month(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 18, 25))
    people.deactivate(desk.person("Celina"), by=None, now=datetime(2026, 6, 16, tzinfo=UTC))
    desk.refresh(datetime(2026, 6, 19, tzinfo=UTC))
    people.reactivate(desk.person("Celina"), by=None, now=datetime(2026, 6, 20, tzinfo=UTC))
    desk.is_read_until(JULY)
    desk.refresh(FINAL)
    assert verdicts(goal) == [(3, Status.EXCEEDED)]


def test_who_comes_back_after_the_end_changes_no_verdict(desk: Any) -> None:
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 18, 25))
    people.deactivate(desk.person("Celina"), by=None, now=datetime(2026, 6, 16, tzinfo=UTC))
    desk.refresh(JULY)
    people.reactivate(desk.person("Celina"), by=None, now=JULY + DAY)
    desk.is_read_until(JULY + 3 * DAY)
    desk.refresh(JULY + 3 * DAY)
    assert verdicts(goal) == [(1, Status.NO_DATA)]


def test_a_leaving_that_is_entered_once_the_result_could_be_final_moves_nothing_whoever_looked_when(desk: Any) -> None:
    """Celina left on 20 June. It is entered when June may be final, so that looking before or after is the same."""
    left = datetime(2026, 6, 20, tzinfo=UTC)
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 25))
    desk.is_read_until(FINAL)
    people.deactivate(desk.person("Celina"), by=None, now=FINAL, since=left)
    desk.refresh(FINAL + 9 * DAY)
    assert verdicts(goal) == [(2, Status.ACHIEVED)]


def test_a_leaving_that_is_entered_while_the_result_may_still_move_stops_it(desk: Any) -> None:
    left = datetime(2026, 6, 20, tzinfo=UTC)
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 25))
    desk.is_read_until(FINAL)
    people.deactivate(desk.person("Celina"), by=None, now=FINAL - SECOND, since=left)
    desk.refresh(FINAL + 9 * DAY)
    assert verdicts(goal) == [(1, Status.NO_DATA)]


def test_a_return_that_is_entered_after_the_end_changes_nothing_also_where_it_is_said_to_be_before(desk: Any) -> None:
    left, back = (datetime(2026, 6, day, tzinfo=UTC) for day in (16, 20))
    goal = desk.goal("Celina", value=2)
    desk.solves("Celina", at_eight(6, 1, 18, 25))
    people.deactivate(desk.person("Celina"), by=None, now=left)
    people.reactivate(desk.person("Celina"), by=None, now=JULY, since=back)
    desk.is_read_until(FINAL)
    desk.refresh(FINAL)
    assert verdicts(goal) == [(1, Status.NO_DATA)]
