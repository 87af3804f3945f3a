"""Persons, teams, memberships and users come and go, and history tells of it."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.base.errors import Refused
from milepost.history.models import Change
from milepost.people import actions
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def told() -> list[str]:
    return [str(change) for change in Change.objects.order_by("pk")]


def test_a_person_joins_a_team_for_a_time() -> None:
    celina = actions.create_person(" Celina ", email="Celina@Example.org", by=None, now=NOW)
    frontline = actions.create_team("Frontline", by=None, now=NOW)
    membership = actions.join(celina, frontline, since=NOW, until=LATER, by=None, now=NOW)
    assert (celina.name, celina.email) == ("Celina", "celina@example.org")
    assert (list(frontline.members.all()), membership.leads) == ([celina], False)
    assert told() == ["created person Celina", "created team Frontline", "created membership Celina in Frontline"]


def test_a_lead_is_a_member_too() -> None:
    bartek = actions.create_person("Bartek", by=None, now=NOW)
    frontline = actions.create_team("Frontline", by=None, now=NOW)
    assert actions.lead(bartek, frontline, since=NOW, by=None, now=NOW).leads
    assert list(frontline.members.all()) == [bartek]


def test_a_membership_that_ends_before_it_begins_is_refused() -> None:
    celina = actions.create_person("Celina", by=None, now=NOW)
    frontline = actions.create_team("Frontline", by=None, now=NOW)
    with pytest.raises(Refused, match="ends after it begins"):
        actions.join(celina, frontline, since=NOW, until=NOW, by=None, now=NOW)


def test_a_name_is_needed_and_a_team_s_is_its_own() -> None:
    with pytest.raises(Refused, match="Give it a name"):
        actions.create_person(" ", by=None, now=NOW)
    actions.create_team("Frontline", by=None, now=NOW)
    with pytest.raises(Refused, match="already a team called “Frontline”"):
        actions.create_team("Frontline ", by=None, now=NOW)
    assert (Person.objects.count(), Team.objects.count()) == (0, 1)


def test_one_address_is_one_user_however_it_is_written() -> None:
    anna = actions.create_user(
        " Anna@Example.org", "seven grey herons", name="Anna", role=Role.MANAGER, by=None, now=NOW
    )
    assert User.objects.get_by_natural_key("ANNA@example.org ") == anna
    assert anna.check_password("seven grey herons")
    with pytest.raises(Refused, match=r"already a user with the e-mail address anna@example\.org"):
        actions.create_user("anna@EXAMPLE.org", None, name="Anna", role=Role.AGENT, by=anna, now=NOW)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Refused, match=r"“anna” is not an e-mail address"):
        actions.create_user("anna", None, name="Anna", role=Role.AGENT, by=None, now=NOW)


def test_nobody_signs_in_as_a_user_without_a_password() -> None:
    anna = actions.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER, by=None, now=NOW)
    assert not anna.has_usable_password()


def test_a_deactivation_keeps_its_first_moment_and_can_be_undone() -> None:
    celina = actions.create_person("Celina", by=None, now=NOW)
    actions.deactivate(celina, by=None, now=NOW, reason="left")
    actions.deactivate(celina, by=None, now=LATER)
    assert Person.objects.get().deactivated_at == celina.deactivated_at == NOW
    actions.reactivate(celina, by=None, now=LATER)
    actions.reactivate(celina, by=None, now=LATER)
    assert Person.objects.get().deactivated_at is None
    assert told() == ["created person Celina", "deactivated person Celina", "reactivated person Celina"]
    assert Change.objects.get(verb="deactivated").reason == "left"
