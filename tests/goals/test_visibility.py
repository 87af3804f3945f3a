"""Who sees which rows and may change which goals. What is not visible is not there."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.models import Goal, Target
from milepost.people import actions as people
from milepost.people.models import Membership, User
from milepost.people.roles import Role
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def desk(cast: Cast, new_goal: Callable[..., NewGoal]) -> Cast:
    """A goal for everybody and both teams, one of Celina's own, one for Ewa alone."""
    bartek, celina, dawid, ewa = (one.person for one in (cast.bartek, cast.celina, cast.dawid, cast.ewa))
    teams = [cast.frontline, cast.billing]
    actions.create(new_goal("All", persons=[bartek, celina, dawid, ewa], teams=teams), by=cast.anna, now=NOW)
    actions.create(new_goal("Celina’s", persons=[celina]), by=cast.celina, now=NOW)
    actions.create(new_goal("Ewa’s", persons=[ewa]), by=cast.anna, now=NOW)
    return cast


def goals(user: User) -> set[str]:
    return {goal.name for goal in Goal.objects.visible_to(user, now=NOW)}


def editable(user: User) -> set[str]:
    return {goal.name for goal in Goal.objects.editable_by(user, now=NOW)}


def rows(user: User, now: datetime = NOW) -> set[str]:
    return {str(one.contributor) for one in Target.objects.visible_to(user, now=now).select_related("contributor")}


def stranger(role: Role) -> User:
    return people.create_user("filip@example.org", None, name="Filip", role=role, by=None, now=NOW)


def test_the_manager_sees_and_edits_everything_whoever_made_it(desk: Cast) -> None:
    assert goals(desk.anna) == editable(desk.anna) == {"All", "Celina’s", "Ewa’s"}
    assert rows(desk.anna) == {"Bartek", "Celina", "Dawid", "Ewa", "Frontline", "Billing"}


def test_the_lead_sees_the_rows_of_his_people_and_of_all_teams(desk: Cast) -> None:
    assert goals(desk.bartek) == {"All", "Celina’s"}
    assert rows(desk.bartek) == {"Bartek", "Celina", "Dawid", "Frontline", "Billing"}


def test_the_lead_edits_only_goals_wholly_within_his_teams(desk: Cast) -> None:
    assert editable(desk.bartek) == {"Celina’s"}


def test_an_agent_sees_her_own_row_and_those_of_teams(desk: Cast) -> None:
    assert goals(desk.celina) == {"All", "Celina’s"}
    assert rows(desk.celina) == {"Celina", "Frontline", "Billing"}


def test_an_agent_edits_what_she_made_for_herself(desk: Cast) -> None:
    assert editable(desk.celina) == {"Celina’s"}
    assert editable(desk.dawid) == set()


def test_ewa_sees_no_row_of_another_team_s_people(desk: Cast) -> None:
    assert goals(desk.ewa) == {"All", "Ewa’s"}
    assert rows(desk.ewa) == {"Ewa", "Frontline", "Billing"}
    assert editable(desk.ewa) == set()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER, Role.OBSERVER])
def test_whoever_only_looks_on_or_administers_sees_teams_and_no_individual(desk: Cast, role: Role) -> None:
    filip = stranger(role)
    assert goals(filip) == {"All"}
    assert rows(filip) == {"Frontline", "Billing"}
    assert editable(filip) == set()


def test_who_left_the_team_is_no_longer_seen_by_its_lead(desk: Cast) -> None:
    Membership.objects.filter(person=desk.dawid.person).update(until=APRIL)
    assert "Dawid" in rows(desk.bartek)
    assert "Dawid" not in rows(desk.bartek, now=APRIL)


def test_who_no_longer_leads_sees_only_the_own_row(desk: Cast) -> None:
    Membership.objects.filter(person=desk.bartek.person).update(until=APRIL)
    assert rows(desk.bartek, now=APRIL) == {"Bartek", "Frontline", "Billing"}


def test_without_a_seat_a_manager_sees_all_but_edits_only_personal_goals(desk: Cast) -> None:
    desk.anna.seat = False
    assert goals(desk.anna) == {"All", "Celina’s", "Ewa’s"}
    assert editable(desk.anna) == set()
    desk.celina.seat = False
    assert editable(desk.celina) == {"Celina’s"}


def test_leading_one_team_opens_no_other_that_the_lead_only_belongs_to(desk: Cast) -> None:
    people.join(desk.person(desk.bartek), desk.billing, since=NOW, by=None, now=NOW)
    assert "Ewa" not in rows(desk.bartek)
    assert editable(desk.bartek) == {"Celina’s"}


def test_without_a_seat_a_manager_who_works_no_tickets_edits_no_goal_of_a_team(
    desk: Cast, new_goal: Callable[..., NewGoal]
) -> None:
    actions.create(new_goal("Teams alone", teams=[desk.frontline]), by=desk.anna, now=NOW)
    desk.anna.seat = False
    desk.anna.save()
    assert editable(desk.anna) == set()
    assert goals(desk.anna) == {"All", "Celina’s", "Ewa’s", "Teams alone"}


def test_who_may_edit_may_delete(desk: Cast) -> None:
    for user in (desk.anna, desk.bartek, desk.celina, desk.dawid, desk.ewa):
        assert {goal.name for goal in Goal.objects.deletable_by(user, now=NOW)} == editable(user)


def test_without_a_seat_celina_still_deletes_her_own_goal(desk: Cast) -> None:
    desk.celina.seat = False
    desk.celina.save()
    assert [goal.name for goal in Goal.objects.deletable_by(desk.celina, now=NOW)] == ["Celina’s"]
