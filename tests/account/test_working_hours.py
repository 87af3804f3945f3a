"""Calendars of the account and its teams are kept as versions that are only added."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from milepost.account.models import Calendar, CalendarVersion
from milepost.account.working_hours import calendars, follow_the_account, set_hours
from milepost.base.errors import Refused
from milepost.calendars.business_time import business_seconds
from milepost.calendars.working_hours import BEGINNING, Calendars, Schedule, Version
from milepost.history.models import Change
from tests.calendars.schedules import hours, nine_to_five, round_the_clock
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
OFFICE = nine_to_five(country="PL")
NIGHT_AND_DAY = round_the_clock()


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def test_without_working_hours_there_is_no_calendar() -> None:
    assert calendars() == Calendars({})


def test_hours_of_the_account_hold_from_the_beginning(cast: Cast) -> None:
    version = set_hours(OFFICE, team=None, valid_from=None, by=cast.anna, now=NOW)
    held = calendars()
    assert held.of_team(cast.frontline.pk) == held.account == version.calendar.pk
    assert held.schedules == {version.calendar.pk: Schedule.of(OFFICE)}


def test_a_whole_calendar_comes_back_as_it_was_given() -> None:
    whole = replace(
        OFFICE,
        holidays=frozenset({date(2026, 5, 2)}),
        date_hours={date(2026, 12, 24): hours("09:00–12:00"), date(2026, 12, 31): ()},
        breaks={date(2026, 3, 2): hours("12:00–12:30")},
    )
    version = set_hours(whole, team=None, valid_from=None, by=None, now=NOW)
    assert calendars().schedules[version.calendar.pk] == Schedule.of(whole)


def test_a_team_works_by_its_own_hours_and_before_them_by_the_account_s(cast: Cast) -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=cast.anna, now=NOW)
    own = set_hours(NIGHT_AND_DAY, team=cast.frontline.pk, valid_from=APRIL, by=cast.anna, now=NOW)
    held = calendars()
    assert held.of_team(cast.frontline.pk) == own.calendar.pk
    assert held.of_team(cast.billing.pk) == held.account
    assert held.schedules[own.calendar.pk] == Schedule(
        (Version(BEGINNING, OFFICE), Version(seconds(APRIL), NIGHT_AND_DAY))
    )


def test_a_change_of_the_account_s_hours_reaches_a_team_only_where_it_has_none(cast: Cast) -> None:
    own = set_hours(NIGHT_AND_DAY, team=cast.frontline.pk, valid_from=APRIL, by=None, now=NOW)
    set_hours(OFFICE, team=None, valid_from=MARCH, by=None, now=NOW)
    set_hours(nine_to_five(), team=None, valid_from=MAY, by=None, now=NOW)
    schedule = calendars().schedules[own.calendar.pk]
    # Before March nobody had a calendar: every hour counts.
    assert [schedule.at(seconds(moment) - 1) for moment in (MARCH, APRIL, MAY)] == [None, OFFICE, NIGHT_AND_DAY]
    assert schedule.at(seconds(MAY)) == NIGHT_AND_DAY


def test_a_team_may_follow_the_account_again(cast: Cast) -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=None, now=NOW)
    own = set_hours(NIGHT_AND_DAY, team=cast.frontline.pk, valid_from=MARCH, by=None, now=NOW)
    follow_the_account(cast.frontline.pk, valid_from=APRIL, by=None, now=NOW)
    schedule = calendars().schedules[own.calendar.pk]
    assert [schedule.at(seconds(moment)) for moment in (MARCH, APRIL)] == [NIGHT_AND_DAY, OFFICE]


def test_a_team_without_hours_of_its_own_follows_already(cast: Cast) -> None:
    with pytest.raises(Refused, match="no working hours of its own"):
        follow_the_account(cast.frontline.pk, valid_from=APRIL, by=None, now=NOW)


def test_a_version_added_later_from_an_earlier_moment_does_not_undo_those_after_it() -> None:
    set_hours(OFFICE, team=None, valid_from=None, by=None, now=NOW)
    set_hours(OFFICE, team=None, valid_from=MAY, by=None, now=NOW)
    version = set_hours(NIGHT_AND_DAY, team=None, valid_from=APRIL, by=None, now=NOW)
    schedule = calendars().schedules[version.calendar.pk]
    day = 24 * 3600
    assert business_seconds(schedule, seconds(APRIL), seconds(MAY)) == 30 * day
    assert schedule.at(seconds(MAY)) == OFFICE


def test_of_two_versions_from_the_same_moment_the_later_added_holds_and_the_other_stays_known() -> None:
    set_hours(OFFICE, team=None, valid_from=APRIL, by=None, now=NOW)
    version = set_hours(NIGHT_AND_DAY, team=None, valid_from=APRIL, by=None, now=NOW + timedelta(hours=1))
    number = version.calendar.pk
    assert CalendarVersion.objects.count() == 2
    assert calendars().schedules[number].at(seconds(APRIL)) == NIGHT_AND_DAY
    assert calendars(known_at=NOW).schedules[number].at(seconds(APRIL)) == OFFICE
    assert calendars(known_at=NOW - timedelta(hours=1)) == Calendars({})


def test_history_tells_who_changed_hours_from_what_to_what(cast: Cast) -> None:
    Change.objects.all().delete()
    set_hours(OFFICE, team=None, valid_from=None, by=cast.anna, now=NOW)
    set_hours(NIGHT_AND_DAY, team=None, valid_from=APRIL, by=cast.anna, now=NOW, reason="We never sleep")
    last = Change.objects.first()
    assert last is not None
    assert (str(last), last.actor_name, last.reason) == (
        "changed calendar working hours",
        "Anna",
        "We never sleep",
    )
    assert last.before is not None
    assert last.before["hours"]["country"] == "PL"
    assert last.after is not None
    assert last.after["valid_from"] == "2026-04-01T00:00:00+00:00"
    assert last.after["hours"]["hours"]["sun"] == [["00:00", "24:00"]]


def test_the_account_and_a_team_have_one_calendar_each() -> None:
    Calendar.objects.create(team_number=None)
    with pytest.raises(IntegrityError):
        Calendar.objects.create(team_number=None)


def test_all_calendars_are_read_in_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    for team in (None, cast.frontline.pk, cast.billing.pk):
        set_hours(OFFICE, team=team, valid_from=None, by=None, now=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(calendars().schedules) == 3
