"""Users change roles, take seats, leave and come back; somebody always runs Milepost."""

from datetime import UTC, datetime

import pytest

from milepost.account import actions as account
from milepost.base.errors import Refused
from milepost.history.models import Change
from milepost.people import actions, seats, users
from milepost.people.models import User
from milepost.people.roles import Role
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def limit(count: int | None) -> None:
    account.change(by=None, now=NOW, seats=count)


def added(name: str = "Filip", role: Role = Role.AGENT) -> User:
    return actions.create_user(f"{name}@example.org", None, name=name, role=role, by=None, now=NOW)


def test_without_a_limit_everybody_new_has_a_seat(cast: Cast) -> None:
    assert added().seat
    assert seats.limit() is None
    assert [user.name for user in seats.holders()] == ["Anna", "Bartek", "Celina", "Dawid", "Ewa", "Filip"]


def test_at_the_limit_a_new_user_has_none(cast: Cast) -> None:
    limit(5)
    assert not added().seat
    assert Change.objects.filter(thing_kind="user").first().after == {"role": "agent", "seat": False}  # type: ignore[union-attr]


def test_lowering_the_limit_takes_no_seat(cast: Cast) -> None:
    limit(2)
    assert seats.holders().count() == 5


def test_a_seat_is_given_when_another_is_free(cast: Cast) -> None:
    limit(5)
    filip = added()
    with pytest.raises(Refused, match="All 5 seats are taken"):
        users.give_seat(filip, by=cast.anna, now=NOW)
    users.take_seat(cast.ewa, by=cast.anna, now=NOW)
    users.give_seat(filip, by=cast.anna, now=NOW)
    filip.refresh_from_db()
    assert filip.seat


def test_who_is_deactivated_frees_the_seat_and_comes_back_to_a_free_one(cast: Cast) -> None:
    limit(5)
    users.deactivate_user(cast.ewa, by=cast.anna, now=NOW)
    assert added().seat
    users.reactivate_user(cast.ewa, by=cast.anna, now=NOW)
    cast.ewa.refresh_from_db()
    assert (cast.ewa.is_active, cast.ewa.seat) == (True, False)


def test_the_last_administrator_stays_one(cast: Cast) -> None:
    filip = added(role=Role.ADMIN)
    with pytest.raises(Refused, match="Somebody has to run Milepost"):
        users.deactivate_user(filip, by=filip, now=NOW)
    with pytest.raises(Refused, match="Somebody has to run Milepost"):
        users.change_user(filip, name="Filip", role=Role.AGENT, person=None, by=filip, now=NOW)
    added("Gosia", Role.ADMIN)
    users.deactivate_user(filip, by=filip, now=NOW)


def test_a_person_is_linked_to_one_user(cast: Cast) -> None:
    filip = added()
    with pytest.raises(Refused, match="Celina is already linked"):
        users.change_user(filip, name="Filip", role=Role.AGENT, person=cast.person(cast.celina), by=cast.anna, now=NOW)


def test_history_tells_of_the_role_before_and_after_and_of_no_password(cast: Cast) -> None:
    users.change_user(cast.ewa, name="Ewa", role=Role.VIEWER, person=cast.person(cast.ewa), by=cast.anna, now=NOW)
    told = Change.objects.get(verb="changed")
    assert told.before is not None
    assert told.after is not None
    assert (told.before["role"], told.after["role"]) == ("agent", "viewer")
    users.set_password(cast.ewa, "seven grey herons", by=cast.ewa, now=NOW)
    kept = Change.objects.get(verb="set password of")
    assert (kept.before, kept.after, kept.reason) == (None, None, "")


def test_a_forgotten_password_opens_nothing(cast: Cast) -> None:
    users.set_password(cast.ewa, "seven grey herons", by=cast.ewa, now=NOW)
    assert not users.forget_password(cast.ewa, by=cast.anna, now=NOW).has_usable_password()
