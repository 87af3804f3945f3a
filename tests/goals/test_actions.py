"""Creating a goal makes everything it needs at once; targets change with a reason, and never after the end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.base.errors import NotAllowed, Refused
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.models import Contributor, Goal, Milestone, Target, TargetVersion
from milepost.history.models import Change
from milepost.metrics.metric import Hours
from milepost.people import actions as people
from milepost.people.models import User
from milepost.people.roles import Role
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
Form = Callable[..., NewGoal]

JANUARY, FEBRUARY, MARCH, APRIL = range(4)


def refusals(new: NewGoal, by: User) -> dict[str, str]:
    return {field: str(refused) for field, refused in actions.problems(new, by=by, now=NOW).items()}


def cell(goal: Goal, ordinal: int) -> Target:
    return Target.objects.get(milestone__goal=goal, milestone__ordinal=ordinal)


@pytest.fixture
def celinas(cast: Cast, new_goal: Form) -> Goal:
    """Celina closes 120 tickets a month."""
    return actions.create(new_goal(persons=[cast.celina.person], value=Decimal(120)), by=cast.anna, now=NOW)


def test_a_goal_has_a_target_for_every_contributor_in_every_milestone(cast: Cast, new_goal: Form) -> None:
    new = new_goal(persons=[cast.celina.person, cast.dawid.person], teams=[cast.frontline], value=Decimal(120))
    goal = actions.create(new, by=cast.anna, now=NOW)
    assert (goal.milestones.count(), goal.contributors.count()) == (12, 3)
    assert list(Target.objects.values_list("value", flat=True)) == [Decimal(120)] * 36
    assert TargetVersion.objects.filter(set_by=cast.anna, set_at=NOW).count() == 36


def test_its_milestones_are_the_months_of_its_zone(celinas: Goal) -> None:
    march = celinas.milestones.get(ordinal=MARCH)
    assert (march.first_day, march.after_day) == (date(2026, 3, 1), date(2026, 4, 1))
    assert (march.start, march.end) == (
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 31, 22, tzinfo=UTC),
    )


def test_a_cell_may_differ_from_the_others_or_be_empty(cast: Cast, new_goal: Form) -> None:
    celina = cast.celina.person
    values = {(celina, MARCH): Decimal(60), (celina, APRIL): None}
    goal = actions.create(new_goal(persons=[celina], value=Decimal(120), values=values), by=cast.anna, now=NOW)
    assert [cell(goal, ordinal).value for ordinal in (FEBRUARY, MARCH, APRIL)] == [Decimal(120), Decimal(60), None]
    assert TargetVersion.objects.count() == 11


def test_creating_leaves_its_history(celinas: Goal) -> None:
    change = Change.objects.get(thing_kind="goal")
    assert (change.actor_name, change.verb, change.thing_name) == ("Anna", "created", "Tickets closed 2026")
    assert (change.thing_id, change.at) == (str(celinas.pk), NOW)


def test_pressing_twice_makes_one_goal(cast: Cast, new_goal: Form) -> None:
    new = new_goal(persons=[cast.celina.person])
    assert actions.create(new, by=cast.anna, now=NOW) == actions.create(new, by=cast.anna, now=NOW)
    assert (Goal.objects.count(), Milestone.objects.count(), Contributor.objects.count()) == (1, 12, 1)


def test_a_goal_that_cannot_be_created_leaves_nothing_behind(cast: Cast, new_goal: Form) -> None:
    with pytest.raises(Refused, match="Give the goal a name"):
        actions.create(new_goal(" ", persons=[cast.celina.person]), by=cast.anna, now=NOW)
    assert (Goal.objects.count(), Change.objects.filter(thing_kind="goal").count()) == (0, 0)


def test_creating_asks_the_database_as_often_for_many_targets_as_for_few(
    cast: Cast, new_goal: Form, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    few, many = [cast.celina.person], [one.person for one in (cast.bartek, cast.celina, cast.dawid, cast.ewa)]
    with CaptureQueriesContext(connection) as for_few:
        actions.create(new_goal("Few", persons=few, value=Decimal(9)), by=cast.anna, now=NOW)
    with django_assert_num_queries(len(for_few)):
        actions.create(new_goal("Many", persons=many, value=Decimal(9)), by=cast.anna, now=NOW)


def test_every_field_to_mend_is_told_at_once(cast: Cast, new_goal: Form) -> None:
    new = new_goal("x" * 94, after_day=date(2025, 1, 1), value=Decimal(0), note="y" * 300)
    assert refusals(new, cast.anna) == {
        "name": "Use 80 characters or fewer (now 94).",
        "contributors": "Add at least one person or team.",
        "days": "The end date is before the start date.",
        "value": "A target of 0 cannot be reached or missed. Leave it empty instead.",
        "note": "Use 280 characters or fewer (now 300).",
    }


def test_one_wrong_cell_is_enough(cast: Cast, new_goal: Form) -> None:
    celina = cast.celina.person
    new = new_goal(persons=[celina], values={(celina, MARCH): Decimal("1.5")})
    assert refusals(new, cast.anna) == {"value": "Use a whole number of tickets, for example 120."}


def test_a_name_is_taken_until_its_goal_is_archived(cast: Cast, new_goal: Form, celinas: Goal) -> None:
    again = new_goal(celinas.name.upper(), persons=[cast.dawid.person])
    assert "There is already a goal called" in refusals(again, cast.anna)["name"]
    actions.archive(celinas, by=cast.anna, now=NOW)
    assert refusals(again, cast.anna) == {}


def test_a_deactivated_person_cannot_be_added(cast: Cast, new_goal: Form) -> None:
    people.deactivate(cast.person(cast.dawid), by=cast.anna, now=NOW)
    new = new_goal(persons=[cast.dawid.person])
    assert refusals(new, cast.anna) == {"contributors": "Dawid is deactivated and cannot be added."}


def test_business_hours_need_a_calendar(cast: Cast, new_goal: Form) -> None:
    new = new_goal(persons=[cast.celina.person])
    by_business = replace(new, measure=replace(new.measure, hours=Hours.BUSINESS))
    assert refusals(by_business, cast.anna) == {"measure": "No calendar is set."}


def test_an_agent_sets_goals_for_herself_only(cast: Cast, new_goal: Form) -> None:
    assert refusals(new_goal(persons=[cast.celina.person]), cast.celina) == {}
    for others in ({"persons": [cast.celina.person, cast.dawid.person]}, {"teams": [cast.frontline]}):
        assert "goals for yourself" in refusals(new_goal(**others), cast.celina)["contributors"]


def test_a_lead_sets_goals_for_his_team_and_its_people(cast: Cast, new_goal: Form) -> None:
    own = new_goal(persons=[cast.celina.person, cast.bartek.person], teams=[cast.frontline])
    assert refusals(own, cast.bartek) == {}
    for others in ({"persons": [cast.ewa.person]}, {"teams": [cast.billing]}):
        assert "the teams you lead" in refusals(new_goal(**others), cast.bartek)["contributors"]


def test_without_a_seat_a_manager_sets_no_goals_for_others(cast: Cast, new_goal: Form) -> None:
    cast.anna.seat = False
    assert "goals for yourself" in refusals(new_goal(persons=[cast.celina.person]), cast.anna)["contributors"]


def test_an_observer_creates_none(cast: Cast, new_goal: Form) -> None:
    filip = people.create_user("filip@example.org", None, name="Filip", role=Role.OBSERVER, by=None, now=NOW)
    assert "not create them" in refusals(new_goal(persons=[cast.celina.person]), filip)["contributors"]


def test_a_target_of_the_future_changes_without_a_reason(cast: Cast, celinas: Goal) -> None:
    actions.set_target(cell(celinas, APRIL), Decimal(90), reason="", by=cast.anna, now=NOW)
    assert cell(celinas, APRIL).value == Decimal(90)


def test_a_running_target_changes_only_with_a_reason_which_is_kept(cast: Cast, celinas: Goal) -> None:
    march = cell(celinas, MARCH)
    with pytest.raises(Refused, match="Say why"):
        actions.set_target(march, Decimal(96), reason=" ", by=cast.anna, now=NOW)
    actions.set_target(march, Decimal(96), reason="4 days of leave", by=cast.anna, now=NOW)
    assert list(march.versions.values_list("value", "reason")) == [
        (Decimal(120), ""),
        (Decimal(96), "4 days of leave"),
    ]
    change = Change.objects.get(thing_kind="target")
    assert (change.before, change.after, change.reason) == (
        {"value": "120.0000"},
        {"value": "96"},
        "4 days of leave",
    )


def test_the_target_of_a_milestone_that_has_ended_is_locked(cast: Cast, celinas: Goal) -> None:
    with pytest.raises(Refused, match="locked"):
        actions.set_target(cell(celinas, FEBRUARY), Decimal(96), reason="too high", by=cast.anna, now=NOW)
    assert cell(celinas, FEBRUARY).value == Decimal(120)


def test_the_same_value_again_is_no_new_version(cast: Cast, celinas: Goal) -> None:
    actions.set_target(cell(celinas, APRIL), Decimal(120), reason="", by=cast.anna, now=NOW)
    assert cell(celinas, APRIL).versions.count() == 1


def test_a_target_that_cannot_be_is_refused_when_it_is_changed_too(cast: Cast, celinas: Goal) -> None:
    with pytest.raises(Refused, match="whole number of tickets"):
        actions.set_target(cell(celinas, APRIL), Decimal("0.5"), reason="", by=cast.anna, now=NOW)


def test_a_lead_may_change_the_targets_of_his_people_but_ewa_may_not(cast: Cast, celinas: Goal) -> None:
    actions.set_target(cell(celinas, APRIL), Decimal(90), reason="", by=cast.bartek, now=NOW)
    for other in (cast.ewa, cast.celina):
        with pytest.raises(NotAllowed):
            actions.set_target(cell(celinas, APRIL), Decimal(10), reason="", by=other, now=NOW)
    assert cell(celinas, APRIL).value == Decimal(90)


def test_only_who_may_edit_archives_and_it_is_recorded(cast: Cast, celinas: Goal) -> None:
    with pytest.raises(NotAllowed):
        actions.archive(celinas, by=cast.ewa, now=NOW)
    actions.archive(celinas, by=cast.anna, now=NOW)
    assert Goal.objects.get().archived_at == NOW
    assert Change.objects.filter(verb="archived", thing_kind="goal").count() == 1
