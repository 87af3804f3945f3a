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


def test_a_deactivation_and_a_return_have_their_days() -> None:
    celina = actions.create_person("Celina", by=None, now=NOW)
    actions.deactivate(celina, since=NOW - timedelta(days=3), by=None, now=NOW)
    assert celina.deactivated_at == NOW - timedelta(days=3)
    with pytest.raises(Refused, match="before they left"):
        actions.reactivate(celina, since=NOW - timedelta(days=4), by=None, now=NOW)
    actions.reactivate(celina, since=NOW - timedelta(days=1), by=None, now=NOW)
    gone = celina.deactivations.get()
    assert (gone.since, gone.until) == (NOW - timedelta(days=3), NOW - timedelta(days=1))


def test_nobody_is_deactivated_in_the_future() -> None:
    celina = actions.create_person("Celina", by=None, now=NOW)
    with pytest.raises(Refused, match="today or a day before"):
        actions.deactivate(celina, since=LATER, by=None, now=NOW)
    assert celina.deactivated_at is None


def test_a_membership_is_corrected_and_taken_back() -> None:
    celina = actions.create_person("Celina", by=None, now=NOW)
    frontline = actions.create_team("Frontline", by=None, now=NOW)
    membership = actions.join(celina, frontline, since=NOW, by=None, now=NOW)
    actions.change_membership(membership, since=NOW, until=LATER, leads=True, by=None, now=NOW)
    assert frontline.memberships.get().leads
    with pytest.raises(Refused, match="ends after it begins"):
        actions.change_membership(membership, since=LATER, until=NOW, leads=True, by=None, now=NOW)
    actions.remove_membership(frontline.memberships.get(), by=None, now=NOW)
    assert not frontline.memberships.exists()
    assert told()[-2:] == ["changed membership Celina in Frontline", "left person Celina"]


def test_teams_and_people_are_listed_in_natural_order_whatever_made_them() -> None:
    Team.objects.bulk_create([Team(name="Group 10"), Team(name="Group 2")])
    actions.create_team("group 1", by=None, now=NOW)
    assert [team.name for team in Team.objects.all()] == ["group 1", "Group 2", "Group 10"]
    actions.rename_team(Team.objects.get(name="Group 10"), "Group 0", by=None, now=NOW)
    assert [team.name for team in Team.objects.all()] == ["Group 0", "group 1", "Group 2"]
