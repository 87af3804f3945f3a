"""What makes a ticket a team's: chosen where both are possible, said on the page of the goal, changed with a reason."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from milepost.goals.models import Goal
from milepost.people import actions as people
from milepost.people.models import Membership, Team, User
from milepost.progress.models import Measurement
from milepost.sources.models import Identity, Source
from tests.cast import NEW_YEAR
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]
BY_MEMBERSHIP = "A ticket counts for the teams that its agent is in at that moment."
BY_GROUP = "A ticket counts for the group that it has in the help desk at that moment."


def is_a_group(team: Team) -> None:
    source = Source.objects.get_or_create(slug="desk", defaults={"name": "Desk", "make": "file", "connected_at": NOW})[
        0
    ]
    Identity.objects.create(source=source, kind="team", key=team.name, number=team.pk, team=team)


@pytest.fixture
def both(desk: Desk) -> Goal:
    """A goal of Frontline and Billing, which have members and are groups of a help desk too."""
    is_a_group(desk.cast.frontline)
    is_a_group(desk.cast.billing)
    return desk.goal("Closed by teams", teams=[desk.cast.frontline, desk.cast.billing])


def test_the_page_of_a_goal_says_what_makes_a_team_and_that_teams_overlap(
    desk: Desk, reader: Reader, both: Goal
) -> None:
    page = text(reader(desk.cast.anna), f"/goals/{both.pk}")
    assert BY_MEMBERSHIP in page
    assert "These teams overlap" not in page
    celina = desk.cast.person(desk.cast.celina)
    people.join(celina, desk.cast.billing, since=NOW, by=None, now=NOW)
    page = text(reader(desk.cast.anna), f"/goals/{both.pk}")
    assert "These teams overlap: Billing, Frontline. What a person of several does counts in each of them" in page


def test_a_goal_of_persons_says_nothing_of_teams(desk: Desk, reader: Reader) -> None:
    goal = desk.goal("Closed by Celina", persons=[desk.cast.person(desk.cast.celina)])
    assert BY_MEMBERSHIP not in text(reader(desk.cast.anna), f"/goals/{goal.pk}")


def test_another_way_needs_a_reason_once_the_goal_has_begun_and_is_remembered(
    desk: Desk, reader: Reader, both: Goal
) -> None:
    client, address = reader(desk.cast.anna), f"/goals/{both.pk}"
    form = {"name": both.name, "note": "", "revision": both.revision, "team_by": "group"}
    answer = client.post(f"{address}/details", form)
    assert answer.status_code == 422
    assert "Say why, so that the change can be understood." in answer.content.decode()
    assert client.post(f"{address}/details", form | {"reason": "Memberships are not kept yet"}).status_code == 302
    page = text(client, address)
    assert BY_GROUP in page
    assert "from “The team of the person” to “The group in the help desk”" in page
    assert "Memberships are not kept yet" in page


def test_where_only_one_way_is_possible_nothing_is_asked_and_nothing_changes(desk: Desk, reader: Reader) -> None:
    goal, client = desk.goal("Frontline", teams=[desk.cast.frontline]), reader(desk.cast.anna)
    assert "What makes a ticket" not in text(client, f"/goals/{goal.pk}/details")
    form = {"name": goal.name, "note": "", "revision": goal.revision, "team_by": "group"}
    assert client.post(f"/goals/{goal.pk}/details", form).status_code == 302
    goal.refresh_from_db()
    assert goal.team_by == "membership"


@pytest.mark.parametrize("chosen", ["membership", "group"])
def test_whoever_makes_a_goal_chooses_where_both_are_possible(desk: Desk, reader: Reader, chosen: str) -> None:
    client, team = reader(desk.cast.anna), desk.cast.frontline
    is_a_group(team)
    address = client.post("/goals/new", {"template": "closed"}).headers["Location"]
    form: dict[str, Any] = {"name": "Mine", "contributors": [f"team-{team.pk}"], "team_mode": "team"}
    form |= {"duration": "monthly", "year": "2026", "team_by": chosen, "forecast": "on", "note": ""}
    client.post(address, form)
    page = text(client, address)
    assert (BY_MEMBERSHIP in page, BY_GROUP in page) == (True, True)
    client.post(address.replace("details", "notifications"), {"publish": ""})
    assert Goal.objects.get(name="Mine").team_by == chosen


def test_a_changed_membership_measures_the_goals_of_its_team_again(desk: Desk, reader: Reader, both: Goal) -> None:
    client, celina = reader(desk.cast.anna), desk.cast.person(desk.cast.celina)
    client.post(f"/setup/people/{celina.pk}/join", {"team": desk.cast.billing.pk, "first_day": "2026-03-02"})
    made = Membership.objects.get(person=celina, team=desk.cast.billing)
    moments = set(Measurement.objects.filter(target__contributor__goal=both).values_list("measured_at", flat=True))
    assert (made.since > NEW_YEAR, moments) == (True, {NOW})
