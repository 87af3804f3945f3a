"""The settings page shows what a change does before it saves it."""

import html as entities
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from milepost.account.queries import the_account
from milepost.goals.models import Goal, Milestone
from milepost.history.models import Change
from milepost.people.models import User
from milepost.people.roles import Role
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]
FIELDS = (
    "name", "zone", "week_start", "fiscal_month", "exceeded_above", "minimum_sample", "early", "grace_hours",
    "ahead_chance", "on_pace_chance", "behind_chance", "ahead_ratio", "on_pace_ratio", "behind_ratio",
)  # fmt: skip


def form(**changed: Any) -> dict[str, Any]:
    account = the_account()
    return {name: getattr(account, name) for name in FIELDS} | changed


def sent(client: Client, **changed: Any) -> str:
    return client.post("/setup/settings", form(**changed)).content.decode()


def saved(client: Client, reason: str = "", **changed: Any) -> str:
    """Press “Show what changes”, then “Save”."""
    found = re.search(r'name="shown" value="([^"]+)"', sent(client, **changed))
    assert found is not None
    confirmed = form(**changed) | {"reason": reason, "shown": entities.unescape(found.group(1))}
    return client.post("/setup/settings", confirmed, follow=True).content.decode()


def test_for_who_manages_nothing_there_are_no_settings(desk: Desk, reader: Reader) -> None:
    for user in (desk.cast.ewa, desk.cast.celina, desk.cast.bartek):
        client = reader(user)
        assert client.get("/setup/settings").status_code == client.post("/setup/settings").status_code == 404


def test_an_observer_reads_the_settings(desk: Desk, reader: Reader) -> None:
    User.objects.filter(pk=desk.cast.ewa.pk).update(role=Role.OBSERVER)
    client = reader(User.objects.get(pk=desk.cast.ewa.pk))
    page = client.get("/setup/settings").content.decode()
    assert '<fieldset class="sections" disabled>' in page
    assert client.post("/setup/settings", form(name="Other")).status_code == 403


def test_the_seats_are_for_administrators(desk: Desk, reader: Reader) -> None:
    assert 'name="seats"' not in reader(desk.cast.anna).get("/setup/settings").content.decode()
    saved(reader(desk.cast.anna), name="Kestrel", week_start=0, seats=1, early=10)
    assert (the_account().early, the_account().seats) == (10, None)
    User.objects.filter(pk=desk.cast.dawid.pk).update(role=Role.ADMIN)
    client = reader(User.objects.get(pk=desk.cast.dawid.pk))
    saved(client, seats=3)
    assert the_account().seats == 3
    saved(client, seats="")
    assert the_account().seats is None


def test_nothing_is_saved_before_it_is_shown(desk: Desk, reader: Reader) -> None:
    page = sent(reader(desk.cast.anna), exceeded_above=110)
    assert "No target changes its status or pace." in page
    assert the_account().exceeded_above == 100


def test_what_was_shown_is_what_is_saved(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.anna)
    found = re.search(r'name="shown" value="([^"]+)"', sent(client, exceeded_above=110))
    assert found is not None
    # The field was changed once more after the preview: the new preview comes first.
    client.post("/setup/settings", form(exceeded_above=120) | {"shown": entities.unescape(found.group(1))})
    assert the_account().exceeded_above == 100


def test_a_change_says_how_many_targets_change_needs_a_reason_and_rewrites_no_goal(desk: Desk, reader: Reader) -> None:
    goal = desk.goal("Closed", persons=[desk.cast.person(desk.cast.celina)], value=Decimal(30))
    # Reached long before the end of March.
    desk.measured(goal, "Celina", 3, 32)
    goals, milestones = list(Goal.objects.values()), list(Milestone.objects.values())
    client = reader(desk.cast.anna)
    page = sent(client, exceeded_above=110)
    assert "1 target changes its status or pace: 1 in running periods, 0 in ended ones." in page
    assert re.search(r"<td>Exceeded</td><td>Achieved</td>", page)
    assert "Say why" in saved(client, exceeded_above=110)
    assert the_account().exceeded_above == 100
    assert "The settings are saved." in saved(client, reason="agreed with the team", exceeded_above=110)
    assert the_account().exceeded_above == 110
    assert (list(Goal.objects.values()), list(Milestone.objects.values())) == (goals, milestones)
    told = Change.objects.filter(thing_kind="account").first()
    assert told is not None
    assert (told.before, told.after, told.reason) == (
        {"exceeded_above": 100}, {"exceeded_above": 110}, "agreed with the team"
    )  # fmt: skip


def test_a_new_zone_says_which_dates_move(desk: Desk, reader: Reader) -> None:
    desk.goal("Closed", persons=[desk.cast.person(desk.cast.celina)], value=Decimal(30))
    client = reader(desk.cast.anna)
    page = sent(client, zone="Asia/Kathmandu").replace("\xa0", " ")
    assert "Running periods keep the time zone they began in." in page
    assert "9 periods to come take the new zone." in page
    assert "begins on Wed 1 Apr 2026, 03:45 and ends on Fri 1 May 2026, 00:00" in page
    saved(client, reason="moved", zone="Asia/Kathmandu")
    march, april = Milestone.objects.filter(ordinal__in=(2, 3)).order_by("ordinal")
    assert march.end == april.start


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"exceeded_above": 121}, "less than or equal to 120"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"on_pace_ratio": 110}, "Ahead has to begin above on pace"),
        ({"behind_chance": 50}, "Ahead has to begin above on pace"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(desk: Desk, reader: Reader, wrong: dict[str, Any], why: str) -> None:
    page = sent(reader(desk.cast.anna), **wrong)
    assert why in page
    assert "What the change does" not in page
