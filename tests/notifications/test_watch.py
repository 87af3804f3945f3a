"""Looking at goals: who is told what, once, in the transaction of the change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from milepost.goals import actions, details
from milepost.goals.models import Goal
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.notifications import inbox
from milepost.notifications.models import Notice, Watch
from milepost.notifications.numbers import Edit, Numbers
from milepost.people import actions as people
from milepost.people.models import User
from milepost.people.roles import Role
from tests.cast import NEW_YEAR
from tests.notifications.conftest import MONDAY, House


def test_the_person_hears_of_the_start_and_only_once(house: House) -> None:
    house.goal()
    assert house.looks() == 1
    assert house.told() == [("Celina", "kickoff")]
    assert house.looks() == 0


def test_the_first_look_ever_tells_nothing_of_what_was_before(house: House) -> None:
    Watch.objects.all().delete()
    house.edits(house.target(house.goal()), 24)
    house.pass_(minutes=5)
    assert house.looks() == 0
    house.pass_(minutes=5)
    assert house.looks() == 0
    assert house.told() == []


def test_person_and_lead_hear_of_what_was_reached_and_it_may_be_reached_again(house: House) -> None:
    target = house.target(house.goal())
    house.looks()
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    house.stands(target, 31, running=Status.EXCEEDED)
    house.looks()
    assert house.told()[1:] == [("Celina", "achieved"), ("Bartek", "achieved")]
    house.edits(target, 40)
    house.stands(target, 31)
    house.looks()
    house.stands(target, 40, running=Status.ACHIEVED)
    house.looks()
    assert house.told()[3:] == [("Celina", "edited"), ("Celina", "achieved"), ("Bartek", "achieved")]


def test_behind_pace_is_told_at_most_once_a_week(house: House) -> None:
    target = house.target(house.goal())
    house.looks()
    for pace in (Pace.BEHIND, Pace.AT_RISK, Pace.ON_PACE, Pace.BEHIND):
        house.stands(target, 9, pace=pace)
        house.looks()
    assert [kind for _, kind in house.told()] == ["kickoff", "behind_pace"]
    house.pass_(days=7)
    house.stands(target, 9, pace=Pace.ON_PACE)
    house.looks()
    house.stands(target, 9, pace=Pace.AT_RISK)
    house.looks()
    assert [kind for name, kind in house.told() if name == "Celina"][2:] == ["weekly_progress", "behind_pace"]


def test_a_machine_that_slept_drops_kickoffs_and_weeks_that_are_over(house: House) -> None:
    house.goal()
    house.looks()
    house.pass_(days=40)
    # 25 April: that April has begun is still news. Five weeks of March and April are not.
    house.looks()
    house.pass_(days=40)
    # Of 4 June only June: neither that May began nor how April went.
    house.looks()
    assert house.told() == [("Celina", "kickoff")] * 3
    assert list(Notice.objects.order_by("pk").values_list("milestone__first_day__month", flat=True)) == [3, 4, 6]


def test_the_maker_is_told_where_the_goal_says_so_and_nobody_twice(house: House) -> None:
    goal = house.goal(persons=[house.cast.person(house.cast.bartek)])
    goal.notices = {"kickoff": ["person", "lead", "manager"]}
    goal.save()
    house.looks()
    # Bartek leads himself, and is told as the person that he is.
    assert house.told() == [("Bartek", "kickoff"), ("Anna", "kickoff")]


def test_a_target_may_differ_from_its_goal(house: House) -> None:
    target = house.target(house.goal())
    target.notices = {"achieved": ["lead"]}
    target.save()
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    assert house.told() == [("Bartek", "achieved")]


def test_a_team_is_told_as_its_members_of_now(house: House) -> None:
    house.leaves_frontline(house.cast.dawid)
    house.goal(persons=[], teams=[house.cast.frontline])
    house.looks()
    assert sorted(house.told()) == [("Bartek", "kickoff"), ("Celina", "kickoff")]


def test_nobody_is_told_of_individuals_that_they_may_not_see(house: House) -> None:
    anna = house.cast.anna
    goal = house.goal()
    goal.notices = {"kickoff": ["person", "lead", "manager"]}
    goal.save()
    User.objects.filter(pk=anna.pk).update(role=Role.OBSERVER.value)
    User.objects.filter(pk=house.cast.bartek.pk).update(role=Role.AGENT.value)
    house.looks()
    assert house.told() == [("Celina", "kickoff")]


def test_an_inbox_shows_nothing_that_may_not_be_seen_any_more(house: House) -> None:
    target = house.target(house.goal())
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    bartek = house.cast.bartek
    assert inbox.unread(bartek, now=house.now) == 1
    house.leaves_frontline(bartek)
    assert inbox.unread(bartek, now=house.now) == 0


def test_whoever_has_left_and_what_is_archived_or_removed_is_not_told_of(house: House) -> None:
    left, archived, removed = (house.goal(name) for name in ("Left", "Archived", "Removed"))
    dawid = house.cast.person(house.cast.dawid)
    left.contributors.update(person=dawid)
    people.deactivate(dawid, by=None, now=house.now)
    actions.archive(archived, by=house.cast.anna, now=house.now)
    actions.remove([one.pk for one in removed.contributors.all()], by=house.cast.anna, now=house.now)
    house.looks()
    assert house.told() == []


def test_an_edit_is_told_with_its_reason_and_a_note_to_everybody(house: House) -> None:
    goal = house.goal(persons=[house.cast.person(one) for one in (house.cast.celina, house.cast.dawid)])
    house.looks()
    house.edits(house.target(goal), 24)
    goal.refresh_from_db()
    details.change(goal, details.Details(goal.name, "Spring"), seen=goal.revision, by=house.cast.anna, now=house.now)
    house.looks()
    house.looks()
    assert house.told()[2:] == [("Celina", "edited"), ("Celina", "edited"), ("Dawid", "edited")]
    edit = Numbers.from_json(Notice.objects.filter(kind="edited").order_by("pk")[0].numbers).edit
    assert edit == Edit("Anna", "Four days of leave.", before=Decimal(30), after=Decimal(24))


def test_whoever_edits_is_not_told_of_it(house: House) -> None:
    goal = house.goal()
    goal.notices = {"edited": ["person", "manager"]}
    goal.save()
    house.looks()
    house.edits(house.target(goal), 24)
    house.looks()
    assert house.told() == [("Celina", "edited")]


def test_what_is_told_stands_or_falls_with_the_change(house: House) -> None:
    target = house.target(house.goal())
    house.looks()

    def undone() -> None:
        with transaction.atomic():
            house.stands(target, 30, running=Status.ACHIEVED)
            house.looks()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert [kind for _, kind in house.told()] == ["kickoff"]
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    assert [kind for _, kind in house.told()] == ["kickoff", "achieved", "achieved"]


def test_a_look_asks_as_much_of_many_targets_as_of_few(house: House) -> None:
    def queries() -> int:
        house.pass_(days=7)
        with CaptureQueriesContext(connection) as captured:
            house.looks()
        return len([one for one in captured if "SAVEPOINT" not in one["sql"]])

    house.goal()
    few = queries()
    team = people.create_team("Crew", by=None, now=NEW_YEAR)
    crew = [people.create_person(f"Crew {number}", by=None, now=NEW_YEAR) for number in range(30)]
    for person in crew:
        people.join(person, team, since=NEW_YEAR, by=None, now=NEW_YEAR)
    house.goal("Crew", persons=crew)
    house.looks()
    assert queries() <= few
    assert Goal.objects.count() == 2
    assert house.now > MONDAY + timedelta(days=7)
