"""The people a help desk brought: their teams are suggested, and what is decided of them is done whole and once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import Refused
from milepost.connectors.contract import Agent
from milepost.history.models import Change
from milepost.people import actions as people
from milepost.people import memberships
from milepost.people.models import Membership, Person, Team
from milepost.sources import identities, newcomers, who_is_who
from milepost.sources.models import Identity, Source
from milepost.sources.newcomers import Choice
from tests.sources.test_who_is_who import NOON, brought

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CELINA = Agent("celina", "Celina", "celina@example.org", teams=("Frontline",))
DAWID = Agent("dawid", "Dawid", "dawid@example.org")


@pytest.fixture(autouse=True)
def installed(settings: Settings, tmp_path: Path) -> None:
    settings.FACTS_FOLDER = tmp_path / "facts"


@pytest.fixture
def redmine() -> Source:
    """Redmine brings Celina of Frontline and Dawid of no group."""
    source = brought("redmine", CELINA, DAWID)["Celina"].source
    identities.match(source, [("team", 1, "Frontline"), ("team", 2, "Billing")])
    return source


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def suggested() -> dict[str, str]:
    names = dict(Person.objects.values_list("pk", "name"))
    return {names[pk]: team.name for pk, team in newcomers.suggested(list(newcomers.agents())).items()}


def members() -> list[tuple[str, str, bool]]:
    return list(Membership.objects.order_by("pk").values_list("person__name", "team__name", "leads"))


def take(*choices: Choice, now: datetime = NOON) -> set[int]:
    return newcomers.take(choices, since=NEW_YEAR, by=None, now=now)


def test_the_team_that_a_group_of_the_help_desk_stands_for_is_suggested(redmine: Source) -> None:
    assert suggested() == {"Celina": "Frontline"}
    first_line = people.create_team("First line", by=None, now=NOON)
    who_is_who.map_group(Identity.objects.get(key="Frontline"), first_line, by=None, now=NOON)
    assert suggested() == {"Celina": "First line"}


def test_a_group_that_has_had_no_ticket_yet_is_the_team_of_its_name(redmine: Source) -> None:
    people.create_team("Nights", by=None, now=NOON)
    identities.describe(redmine, [CELINA, Agent("dawid", "Dawid", teams=("Unheard of", "Nights"))], now=NOON)
    assert suggested() == {"Celina": "Frontline", "Dawid": "Nights"}


def test_who_is_taken_in_joins_a_team_and_who_is_left_out_is_deactivated(redmine: Source) -> None:
    frontline = Team.objects.get(name="Frontline")
    touched = take(
        Choice(person("Celina"), included=True, team=frontline, leads=True), Choice(person("Dawid"), included=False)
    )
    assert touched == {frontline.pk}
    assert members() == [("Celina", "Frontline", True)]
    assert Membership.objects.get().since == NEW_YEAR
    assert person("Dawid").deactivated_at == NOON
    assert not newcomers.agents().filter(reviewed_at=None).exists()
    assert Change.objects.get(verb="deactivated").reason == "Left out when people were set up"


def test_decided_twice_it_is_done_once_and_who_is_taken_in_again_works_again(redmine: Source) -> None:
    celina = Choice(person("Celina"), included=True, team=Team.objects.get(name="Frontline"))
    take(celina, Choice(person("Dawid"), included=False))
    assert take(celina, Choice(person("Dawid"), included=False)) == set()
    assert len(members()) == 1
    take(Choice(person("Dawid"), included=True), now=NOON + timedelta(days=1))
    assert person("Dawid").deactivated_at is None


def test_a_lead_of_no_team_is_refused_and_nothing_is_done(redmine: Source) -> None:
    wrong = Choice(person("Dawid"), included=True, leads=True)
    assert list(newcomers.check([wrong])) == [person("Dawid").pk]
    with pytest.raises(Refused, match="Choose the team"):
        take(Choice(person("Celina"), included=True, team=Team.objects.get(name="Frontline")), wrong)
    assert members() == []


def test_who_may_be_somebody_else_is_still_asked_about(redmine: Source) -> None:
    brought("zammad", Agent("7", "Celina K.", "celina@example.org"))
    take(*(Choice(one, included=True) for one in newcomers.found(now=NOON)))
    assert [str(one) for one in newcomers.agents().filter(reviewed_at=None)] == ["Celina K."]


def test_teams_without_a_lead_are_known_by_their_active_members(redmine: Source) -> None:
    frontline, billing = (Team.objects.get(name=name) for name in ("Frontline", "Billing"))
    people.join(person("Celina"), frontline, since=NEW_YEAR, by=None, now=NOON)
    dawid = people.join(person("Dawid"), billing, since=NEW_YEAR, by=None, now=NOON)
    assert list(memberships.teams_without_lead(now=NOON)) == [billing, frontline]
    people.change_membership(dawid, since=NEW_YEAR, until=None, leads=True, by=None, now=NOON)
    assert list(memberships.teams_without_lead(now=NOON)) == [frontline]
    people.deactivate(person("Celina"), by=None, now=NOON)
    assert list(memberships.teams_without_lead(now=NOON)) == []
