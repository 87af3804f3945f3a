"""The page Working hours: everybody sees when work goes on, administrators and managers say it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from milepost.account.models import CalendarVersion
from milepost.account.working_hours import in_force, set_hours
from milepost.goals.goal_templates import RESPONSE
from milepost.goals.models import Draft
from milepost.history.models import Change
from milepost.metrics.metric import Hours
from milepost.people.models import User
from milepost.progress import timing
from tests.calendars.schedules import nine_to_five
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]
PAGE = "/setup/calendars"
OFFICE = nine_to_five(country="PL")
FIELDS = {
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00–12:00, 13:00-17:00"),
    "tz": "Europe/Warsaw",
    "country": "pl",
    "holidays": "2026-05-04\n",
    "date_hours": "2026-12-24 09:00–12:00\n2026-12-31 closed",
    "breaks": "2026-03-02 10:00–10:30",
}


@pytest.fixture(autouse=True)
def installed(settings: Any, tmp_path: Path) -> None:
    """A fact store of this test."""
    settings.FACTS_FOLDER = tmp_path / "facts"


def test_anna_sets_the_hours_of_the_account_and_the_numbers_follow(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    assert anna.post(PAGE, FIELDS | {"save": ""}).status_code == 302
    hours = in_force(None, NOW)
    assert hours is not None
    assert str(hours.week[0][0]) == "09:00–12:00"
    assert (hours.country, len(hours.holidays), len(hours.date_hours), len(hours.breaks)) == ("PL", 1, 2, 1)
    assert not timing.is_stale()
    body = said(text(anna, PAGE))
    assert "March 2026 has 22 working days." in body
    assert "From the beginning" in body


def test_the_page_says_how_many_working_days_and_which_holiday(desk: Desk, reader: Reader) -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    changed = FIELDS | {"holidays": "2026-03-18", "valid_from": "2026-03-17", "reason": "A day off", "preview": ""}
    body = reader(desk.cast.anna).post(PAGE, changed).content.decode()
    body = said(body)
    assert "March 2026 has 21 working days (18 Mar is a holiday)." in body
    assert "What this changes" in body
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("mon", "17:00–09:00", "Closing time must be after opening time"),
        ("tue", "all day", "is not a span of hours"),
        ("wed", "09:00–12:00, 11:00–13:00", "overlap"),
        ("tz", "Warsaw", "is not a time zone"),
        ("country", "Poland", "The holidays of “POLAND” are not known"),
        ("holidays", "24.12.2026", "is not a date"),
        ("date_hours", "2026-12-24", "needs a date and hours"),
        ("breaks", "2026-12-24 noon", "is not a span of hours"),
    ],
)
def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, reader: Reader, field: str, typed: str, told: str
) -> None:
    answer = reader(desk.cast.anna).post(PAGE, FIELDS | {field: typed, "save": ""})
    body = answer.content.decode()
    assert f'id="{field}-mistake"' in body
    assert told in body
    assert typed in body
    assert "2026-12-31 closed" in body or field == "date_hours"
    assert not CalendarVersion.objects.exists()


def test_a_change_needs_a_day_and_a_reason(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    set_hours(OFFICE, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    body = anna.post(PAGE, FIELDS | {"save": ""}).content.decode()
    assert "Choose the day from which these hours hold." in body
    assert "Say why, so that the change can be understood." in body
    anna.post(PAGE, FIELDS | {"save": "", "valid_from": "2026-04-01", "reason": "Lunch is free"})
    newest = CalendarVersion.objects.latest("pk")
    assert newest.valid_from == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert Change.objects.filter(reason="Lunch is free", actor_name="Anna").exists()
    assert "Lunch is free" in text(anna, PAGE)


def test_a_team_has_hours_of_its_own_and_follows_the_account_again(desk: Desk, reader: Reader) -> None:
    anna, team = reader(desk.cast.anna), desk.cast.frontline
    set_hours(OFFICE, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    page = f"{PAGE}/team/{team.pk}"
    assert "The team works by the hours of the account." in text(anna, page)
    anna.post(page, FIELDS | {"save": "", "valid_from": "2026-01-01", "reason": "Shifts"})
    assert in_force(team.pk, NOW) is not None
    anna.post(page, FIELDS | {"follow": "", "valid_from": "2026-03-01", "reason": "No shifts"})
    assert in_force(team.pk, NOW) is None
    assert "as the account" in text(anna, page)


def test_who_may_not_change_them_sees_them(desk: Desk, reader: Reader) -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    for user in (desk.cast.bartek, desk.cast.celina):
        assert "Save changes" not in text(reader(user), PAGE)
        assert reader(user).post(PAGE, FIELDS | {"save": ""}).status_code == 403
        assert reader(user).post(f"{PAGE}/retime").status_code == 403
    assert CalendarVersion.objects.count() == 1


def test_numbers_of_earlier_hours_say_so_and_are_counted_anew(desk: Desk, reader: Reader) -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    anna = reader(desk.cast.anna)
    assert "still those of earlier working hours" in text(anna, PAGE)
    anna.post(f"{PAGE}/retime")
    assert "still those of earlier working hours" not in text(anna, PAGE)


def test_many_tickets_are_counted_anew_by_the_command(
    desk: Desk, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "MOST_WHILE_WAITING", 0)
    anna = reader(desk.cast.anna)
    anna.post(PAGE, FIELDS | {"save": ""})
    assert "Count them anew with the command milepost refresh." in text(anna, PAGE)
    call_command("refresh")
    assert "still those of earlier working hours" not in text(anna, PAGE)


@pytest.mark.usefixtures("closed")
def test_the_overview_counts_working_days(desk: Desk, reader: Reader) -> None:
    hours = nine_to_five(country="PL")
    set_hours(hours, team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    body = said(text(reader(desk.cast.anna)))
    # Monday 16 March, noon: ten days and three of eight hours.
    assert "10.4 of 22 working days gone" in body
    assert "Ends in 12 working days" in body


def test_a_template_of_durations_is_in_business_hours_once_they_are_set(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    assert chosen_hours(anna) is Hours.CALENDAR
    anna.post(PAGE, FIELDS | {"save": ""})
    assert chosen_hours(anna) is Hours.BUSINESS


def chosen_hours(client: Client) -> Hours:
    """The clock of a draft as the template leaves it."""
    address = client.post("/goals/new", {"template": RESPONSE.key})["Location"]
    return Hours(Draft.objects.get(key=address.split("/")[3]).data["measure"]["hours"])


def said(page: str) -> str:
    """With plain spaces."""
    return page.replace("\xa0", " ")
