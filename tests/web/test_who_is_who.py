"""Who is who in a source on the page: proposed, decided, separated; found, a page at a time, in few queries."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.connectors.contract import Agent
from milepost.history.models import Change
from milepost.people import actions
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role
from milepost.sources import identities
from milepost.sources.models import Identity, Source, Sync
from tests.cast import user
from tests.sources.test_who_is_who import brought
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
CELINA = Agent("celina", "Celina", "celina@example.org")
SECOND = Agent("7", "Celina K.", "celina@example.org")
DESK = (Agent("8", "Front", "support@example.org"), Agent("9", "Back", "back@example.org"))


@pytest.fixture
def admin(desk: Desk, reader: Reader) -> Client:
    Person.objects.filter(name="Celina").update(name="Celina Nowak")
    return reader(user("Adam", Role.ADMIN))


@pytest.fixture
def zammad(admin: Client) -> Source:
    """Redmine brought Celina; Zammad brings her again, with a shared mailbox and somebody new."""
    brought("redmine", CELINA, Agent("desk", "Desk", "support@example.org"))
    return brought("zammad", SECOND, *DESK)["Celina K."].source


def page(source: Source, query: str = "") -> str:
    return f"/setup/sources/{source.pk}/who{query}"


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(body: str) -> list[str]:
    return re.findall(r'<div class="there">\s*<b>([^<]+)</b>', body)


def agent(name: str) -> Identity:
    return Identity.objects.select_related("person").get(name=name)


def test_who_may_be_somebody_is_asked_about_and_nobody_else(admin: Client, zammad: Source) -> None:
    assert sorted(listed(html(admin, page(zammad)))) == ["Back", "Celina K.", "Front"]
    body = html(admin, page(zammad, "?state=review"))
    assert sorted(listed(body)) == ["Celina K.", "Front"]
    assert "It is Celina<" in body
    assert body.count("Several people may read this address.") == 1
    Sync.objects.create(source=zammad, started_at=NOW, what="all")
    assert "2 to review" in html(admin, "/setup/sources")


def test_a_match_is_confirmed_and_separated_again_and_history_tells_both(admin: Client, zammad: Source) -> None:
    celina, other = agent("Celina"), agent("Celina K.")
    assert celina.person is not None
    admin.post(page(zammad, "?state=review"), {"same": f"{other.pk}:{celina.person.pk}"})
    assert agent("Celina K.").person == celina.person
    assert "also Redmine: Celina" in html(admin, page(zammad))
    body = html(admin, f"/setup/identities/{other.pk}")
    assert "This agent of Zammad is Celina here." in body
    admin.post(f"/setup/identities/{other.pk}/separate")
    assert agent("Celina K.").person != celina.person
    assert sorted(listed(html(admin, page(zammad, "?state=review")))) == ["Front"]
    told = html(admin, f"/setup/people/{celina.person.pk}")
    assert "Matched" in told
    assert "Separated" in told
    assert {one.actor_name for one in Change.objects.filter(verb__in=["matched", "separated"])} == {"Adam"}


def test_all_plain_matches_of_a_page_are_confirmed_at_once_and_a_shared_mailbox_never(
    admin: Client, zammad: Source
) -> None:
    identities.match(zammad, [("agent", 2000, "20")])
    actions.create_person("Henryk", email="henryk@example.org", by=None, now=NOW)
    identities.describe(zammad, [SECOND, *DESK, Agent("20", "Henryk H.", "henryk@example.org")], now=NOW)
    assert "Confirm all 2 matches" in html(admin, page(zammad, "?state=review"))
    admin.post(page(zammad, "?state=review"), {"act": "all-plain"})
    assert [str(agent(name).person) for name in ("Celina K.", "Henryk H.", "Front")] == ["Celina", "Henryk", "Front"]


def test_kept_apart_an_agent_is_not_asked_about_again(admin: Client, zammad: Source) -> None:
    admin.post(page(zammad), {"apart": str(agent("Front").pk)})
    assert listed(html(admin, page(zammad, "?state=review"))) == ["Celina K."]


def test_everybody_is_right_when_nobody_is_asked_about(admin: Client, zammad: Source) -> None:
    assert "Everybody is right" not in html(admin, page(zammad))
    for name in ("Front", "Celina K."):
        admin.post(page(zammad), {"apart": str(agent(name).pk)})
    assert "Everybody is right" in html(admin, page(zammad))
    admin.post(page(zammad), {"act": "right"})
    assert not zammad.identities.filter(reviewed_at=None).exists()


def test_anybody_can_be_chosen_by_hand(admin: Client, zammad: Source) -> None:
    other, dawid = agent("Back"), Person.objects.get(name="Dawid")
    body = html(admin, f"/setup/identities/{other.pk}?q=dawid")
    assert f'name="of" value="{dawid.pk}"' in body
    admin.post(f"/setup/identities/{other.pk}", {"of": str(dawid.pk)})
    assert agent("Back").person == dawid


def test_a_group_is_mapped_to_a_team(admin: Client, zammad: Source) -> None:
    identities.match(zammad, [("team", 1, "1st level")])
    group, frontline = Identity.objects.get(kind="team"), Team.objects.get(name="Frontline")
    assert listed(html(admin, page(zammad, "?state=groups"))) == ["1st level"]
    assert "This group of Zammad is the team 1st level here." in html(admin, f"/setup/identities/{group.pk}")
    admin.post(f"/setup/identities/{group.pk}", {"of": str(frontline.pk)})
    assert frontline.identities.get() == group
    assert "Matched" in html(admin, f"/setup/teams/{frontline.pk}")


def test_agents_are_found_by_what_either_side_calls_them(admin: Client, zammad: Source) -> None:
    for text in ("celina k", "celina@example", "CELINA"):
        assert listed(html(admin, page(zammad, f"?q={text}"))) == ["Celina K."]
    assert "Nobody is found." in html(admin, page(zammad, "?q=zzz"))


def test_a_long_list_has_pages_and_as_many_queries_as_a_short_one(admin: Client, zammad: Source) -> None:
    html(admin, page(zammad))
    with CaptureQueriesContext(connection) as few:
        html(admin, page(zammad))
    many = [Agent(f"n{number}", f"Agent {number}", f"a{number}@example.org") for number in range(120)]
    brought("redmine", CELINA, *many)
    identities.match(zammad, [("agent", 2000 + number, one.key) for number, one in enumerate(many)])
    identities.describe(zammad, [SECOND, *DESK, *many], now=NOW)
    with CaptureQueriesContext(connection) as more:
        body = html(admin, page(zammad))
    assert len(more) == len(few)
    assert len(listed(body)) == body.count("has the same address") == 50
    assert len(listed(html(admin, page(zammad, "?page=3")))) == 23


def test_an_observer_reads_and_decides_nothing_and_agents_find_nothing(
    desk: Desk, reader: Reader, zammad: Source
) -> None:
    other = agent("Celina K.")
    desk.cast.ewa.role = "observer"
    desk.cast.ewa.save()
    ewa = reader(desk.cast.ewa)
    body = html(ewa, page(zammad, "?state=review"))
    assert "has the same address" in body
    assert "It is Celina<" not in body
    assert ewa.post(page(zammad), {"apart": str(other.pk)}).status_code == 403
    assert ewa.post(f"/setup/identities/{other.pk}/separate").status_code == 403
    for address in (page(zammad), f"/setup/identities/{other.pk}"):
        assert reader(desk.cast.celina).get(address).status_code == 404


def test_what_is_sent_wrong_changes_nothing(admin: Client, zammad: Source) -> None:
    other = agent("Celina K.")
    for sent in ({"same": "x:y"}, {"same": f"{other.pk}:99999999999999999999"}, {"apart": "7" * 30}):
        assert admin.post(page(zammad), sent).status_code == 404
    assert admin.post(f"/setup/identities/{other.pk}", {"of": "nobody"}).status_code == 404
    assert admin.post(page(zammad), {}).status_code == 302
    assert agent("Celina K.").reviewed_at is None
