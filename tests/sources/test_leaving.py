"""Who leaves a help desk is deactivated here with the date, and who comes back is reactivated."""

from datetime import timedelta

import pytest

from milepost.connectors.contract import Agent
from milepost.people import actions as people
from milepost.people.models import Person
from milepost.sources import identities, who_is_who
from tests.sources.test_who_is_who import NOON, brought

LATER = NOON + timedelta(days=1)
CELINA, DAWID, EWA = (Agent(name.lower(), name, f"{name.lower()}@example.org") for name in ("Celina", "Dawid", "Ewa"))
CELINA_LEFT = Agent("celina", "Celina", "celina@example.org", active=False)


def deactivated() -> dict[str, object]:
    return {one.name: one.deactivated_at for one in Person.objects.filter(deactivated_at__isnull=False)}


@pytest.mark.django_db
def test_who_is_deactivated_at_the_source_is_deactivated_here_with_the_date_and_comes_back() -> None:
    brought("redmine", CELINA, DAWID)
    redmine = brought("redmine", CELINA_LEFT, DAWID)["Celina"].source
    assert deactivated() == {"Celina": NOON}
    celina = Person.objects.get(name="Celina")
    assert celina.deactivations.get().since == NOON
    identities.describe(redmine, [CELINA, DAWID], now=LATER)
    assert deactivated() == {}
    assert celina.deactivations.get().until == LATER


@pytest.mark.django_db
def test_who_is_deleted_at_the_source_is_deactivated_here() -> None:
    redmine = brought("redmine", CELINA, DAWID)["Celina"].source
    identities.describe(redmine, [DAWID], now=LATER)
    assert deactivated() == {"Celina": LATER}


@pytest.mark.django_db
def test_where_most_agents_are_told_no_more_nobody_is_deactivated() -> None:
    redmine = brought("redmine", CELINA, DAWID, EWA)["Celina"].source
    identities.describe(redmine, [EWA], now=LATER)
    identities.describe(redmine, [], now=LATER)
    assert deactivated() == {}


@pytest.mark.django_db
def test_who_still_works_in_another_help_desk_stays_until_they_leave_that_too() -> None:
    celina = brought("redmine", CELINA, DAWID)["Celina"]
    other = brought("zammad", Agent("7", "Celina K.", "celina@example.org"), EWA)["Celina K."]
    assert celina.person is not None
    who_is_who.unite(other, celina.person, by=None, now=NOON)
    identities.describe(celina.source, [CELINA_LEFT, DAWID], now=NOON)
    assert deactivated() == {}
    identities.describe(other.source, [EWA], now=LATER)
    assert deactivated() == {"Celina": LATER}
    identities.describe(celina.source, [CELINA, DAWID], now=LATER)
    assert deactivated() == {}


@pytest.mark.django_db
def test_a_help_desk_that_is_disconnected_keeps_nobody() -> None:
    celina = brought("redmine", CELINA)["Celina"]
    other = brought("zammad", Agent("7", "Celina K.", "celina@example.org"), EWA)["Celina K."]
    assert celina.person is not None
    who_is_who.unite(other, celina.person, by=None, now=NOON)
    celina.source.disconnected_at = NOON
    celina.source.save()
    identities.describe(other.source, [EWA], now=LATER)
    assert deactivated() == {"Celina": LATER}


@pytest.mark.django_db
def test_who_was_deactivated_here_by_hand_stays_so_and_who_was_reactivated_too() -> None:
    redmine = brought("redmine", CELINA, DAWID)["Celina"].source
    dawid = Person.objects.get(name="Dawid")
    people.deactivate(dawid, by=None, now=NOON - timedelta(hours=1))
    identities.describe(redmine, [CELINA_LEFT, DAWID], now=NOON)
    people.reactivate(Person.objects.get(name="Celina"), by=None, now=LATER)
    identities.describe(redmine, [CELINA_LEFT, DAWID], now=LATER)
    assert set(deactivated()) == {"Dawid"}


@pytest.mark.django_db
def test_who_left_one_help_desk_and_is_an_agent_of_another_works() -> None:
    celina = brought("redmine", CELINA_LEFT)["Celina"]
    other = brought("zammad", Agent("7", "Celina K.", "celina@example.org"))["Celina K."]
    assert celina.person is not None
    who_is_who.unite(other, celina.person, by=None, now=LATER)
    assert deactivated() == {}
    assert who_is_who.separate(celina, by=None, now=LATER).deactivated_at == NOON
