"""Who is who across help desks: proposed by e-mail, decided by somebody, and undone."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.base.errors import Refused
from milepost.connectors.contract import Agent
from milepost.history.models import Change
from milepost.people import actions as people
from milepost.people.models import Person, Team
from milepost.sources import identities, who_is_who
from milepost.sources.models import Identity, Source
from tests.cast import NEW_YEAR, Cast

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
CELINA = Agent("celina", "Celina", "Celina@example.org")
FIRST_NUMBERS = {"redmine": 0, "zammad": 1000}


def brought(slug: str, *agents: Agent) -> dict[str, Identity]:
    """A help desk whose agents came with tickets; each by what it calls them."""
    source, _ = Source.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "make": slug, "connected_at": NOON}
    )
    first = FIRST_NUMBERS[slug]
    identities.match(source, [("agent", first + number, one.key) for number, one in enumerate(agents)])
    identities.describe(source, agents, now=NOON)
    return {str(one): one for one in source.identities.select_related("person", "source")}


def proposed(identity: Identity) -> list[str]:
    found = who_is_who.proposals([identity])
    return [one.name for one in found[identity.pk].persons] if found else []


@pytest.mark.django_db
def test_who_has_the_address_of_somebody_from_another_source_is_proposed_and_nothing_is_merged() -> None:
    first = brought("redmine", CELINA, Agent("dawid", "Dawid", "dawid@example.org"))
    second = brought("zammad", Agent("7", "Celina K.", "celina@example.org"), Agent("8", "Ewa", "ewa@example.org"))
    assert list(who_is_who.to_review()) == [second["Celina K."]]
    assert proposed(second["Celina K."]) == ["Celina"]
    assert proposed(first["Celina"]) == []
    assert Person.objects.count() == 4


@pytest.mark.django_db
def test_who_was_entered_by_hand_is_proposed_whoever_came_first() -> None:
    celina = brought("redmine", CELINA)["Celina"]
    people.create_person("Celina Nowak", email="celina@example.org", by=None, now=NOON)
    assert list(who_is_who.to_review()) == [celina]
    assert proposed(celina) == ["Celina Nowak"]


@pytest.mark.django_db
def test_one_person_pools_what_both_agents_did_and_history_tells(cast: Cast) -> None:
    first = brought("redmine", CELINA)["Celina"]
    second = brought("zammad", Agent("7", "Celina K.", "celina@example.org"))["Celina K."]
    assert first.person is not None
    who_is_who.unite(second, first.person, by=cast.anna, now=NOON)
    assert {one.number for one in first.person.identities.all()} == {0, 1000}
    assert not Person.objects.filter(name="Celina K.").exists()
    assert list(who_is_who.to_review()) == []
    change = Change.objects.filter(verb="matched").get()
    assert (change.actor_name, change.thing_name, change.after) == ("Anna", "Celina", {"agent": "Zammad: Celina K."})


@pytest.mark.django_db
def test_separated_again_the_agent_is_a_person_of_their_own_and_is_not_proposed_again() -> None:
    first = brought("redmine", CELINA)["Celina"]
    second = brought("zammad", Agent("7", "Celina K.", "celina@example.org"))["Celina K."]
    assert first.person is not None
    who_is_who.unite(second, first.person, by=None, now=NOON)
    other = who_is_who.separate(second, by=None, now=NOON)
    assert (other.name, other.email) == ("Celina K.", "celina@example.org")
    assert [one.number for one in other.identities.all()] == [1000]
    assert [one.number for one in first.person.identities.all()] == [0]
    assert list(who_is_who.to_review()) == []
    with pytest.raises(Refused, match="nothing to separate"):
        who_is_who.separate(second, by=None, now=NOON)


@pytest.mark.django_db
def test_a_person_with_a_team_stays_when_their_agent_becomes_another_and_gets_it_back() -> None:
    first = brought("redmine", CELINA)["Celina"]
    second = brought("zammad", Agent("7", "Celina K.", "celina@example.org"))["Celina K."]
    assert first.person is not None
    assert second.person is not None
    frontline = people.create_team("Frontline", by=None, now=NEW_YEAR)
    people.join(second.person, frontline, since=NEW_YEAR, by=None, now=NEW_YEAR)
    who_is_who.unite(second, first.person, by=None, now=NOON)
    assert Person.objects.filter(name="Celina K.").exists()
    assert who_is_who.separate(second, by=None, now=NOON) == second.person


@pytest.mark.django_db
def test_an_agent_that_became_a_person_entered_by_hand_can_be_separated_again() -> None:
    celina = brought("redmine", CELINA)["Celina"]
    nowak = people.create_person("Celina Nowak", email="celina@example.org", by=None, now=NOON)
    who_is_who.unite(celina, nowak, by=None, now=NOON)
    assert who_is_who.separate(celina, by=None, now=NOON).name == "Celina"
    assert not nowak.identities.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["support@example.org", "info@example.org", "serwis+pl@example.org"])
def test_the_address_of_a_role_is_never_a_plain_proposal(address: str) -> None:
    brought("redmine", Agent("1", "Celina", address))
    second = brought("zammad", Agent("7", "Dawid", address))["Dawid"]
    proposal = who_is_who.proposals([second])[second.pk]
    assert proposal.shared
    assert not proposal.is_plain


@pytest.mark.django_db
def test_an_address_of_several_agents_of_one_source_is_never_a_plain_proposal() -> None:
    both = brought("redmine", Agent("1", "Celina", "desk1@example.org"), Agent("2", "Dawid", "desk1@example.org"))
    ewa = brought("zammad", Agent("7", "Ewa", "desk1@example.org"))["Ewa"]
    found = who_is_who.proposals([*both.values(), ewa])
    assert [one.is_plain for one in found.values()] == [False, False]
    assert found[ewa.pk].shared
    assert set(who_is_who.to_review()) == {both["Dawid"], ewa}


@pytest.mark.django_db
def test_who_is_kept_apart_is_not_proposed_again_and_history_tells(cast: Cast) -> None:
    brought("redmine", CELINA)
    second = brought("zammad", Agent("7", "Celina K.", "celina@example.org"))["Celina K."]
    who_is_who.keep_apart(second, by=cast.anna, now=NOON)
    assert list(who_is_who.to_review()) == []
    assert Change.objects.get(verb="kept apart").after == {"agent": "Zammad: Celina K."}


@pytest.mark.django_db
def test_what_somebody_decided_stays_when_the_source_is_read_again() -> None:
    first = brought("redmine", CELINA)["Celina"]
    told = Agent("7", "Celina K.", "celina@example.org")
    second = brought("zammad", told)["Celina K."]
    assert first.person is not None
    who_is_who.unite(second, first.person, by=None, now=NOON)
    identities.match(second.source, [("agent", 1000, "7"), ("agent", 1001, "8")])
    identities.describe(second.source, [told], now=NOON + timedelta(days=1))
    second.refresh_from_db()
    assert second.person == first.person
    assert first.person.name == "Celina"


@pytest.mark.django_db
def test_a_group_is_mapped_to_a_team_and_back() -> None:
    source = Source.objects.create(slug="redmine", name="Redmine", make="redmine", connected_at=NOON)
    identities.match(source, [("team", 1, "1st level")])
    frontline, group = people.create_team("Frontline", by=None, now=NOON), Identity.objects.get()
    earlier = who_is_who.map_group(group, frontline, by=None, now=NOON)
    assert frontline.identities.get() == group
    assert earlier == Team.objects.get(name="1st level")
    who_is_who.map_group(group, earlier, by=None, now=NOON)
    assert not frontline.identities.exists()
    assert Change.objects.filter(verb="matched", after={"group": "Redmine: 1st level"}).count() == 2
