"""The settings have defaults, bounds and a history."""

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.account.actions import change
from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.history.models import Change

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def test_before_anybody_changed_a_setting_the_defaults_hold() -> None:
    account = the_account()
    assert (account.zone, account.week_start, account.fiscal_month) == ("UTC", 0, 1)
    assert (account.exceeded_above, account.minimum_sample, account.grace_hours) == (100, 5, 24)


def test_a_change_keeps_what_was_before() -> None:
    change(by=None, now=NOW, zone="Europe/Warsaw", exceeded_above=110)
    assert (the_account().zone, the_account().exceeded_above) == ("Europe/Warsaw", 110)
    kept = Change.objects.get()
    assert (kept.before, kept.after) == (
        {"zone": "UTC", "exceeded_above": 100},
        {"zone": "Europe/Warsaw", "exceeded_above": 110},
    )


def test_a_second_change_changes_the_one_account() -> None:
    change(by=None, now=NOW, week_start=6)
    change(by=None, now=NOW, fiscal_month=4)
    account = Account.objects.get()
    assert (account.week_start, account.fiscal_month) == (6, 4)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../secrets"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(Refused, match="is not a time zone"):
        change(by=None, now=NOW, zone=zone)


@pytest.mark.parametrize(
    "wrong", [{"exceeded_above": 121}, {"exceeded_above": 99}, {"week_start": 7}, {"fiscal_month": 0}]
)
def test_what_is_out_of_bounds_is_refused_and_changes_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="out of its bounds"):
        change(by=None, now=NOW, **wrong)
    assert (Account.objects.count(), Change.objects.count()) == (0, 0)
