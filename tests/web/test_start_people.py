"""The second of the first steps on the page: who was found, in which team, who leads, and who is one person."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.connectors.contract import Agent
from milepost.people.models import Membership, Person, Team, User
from milepost.people.roles import Role
from milepost.sources import identities
from milepost.sources.models import Source
from tests.cast import user
from tests.sources.test_who_is_who import brought
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]
PAGE = "/setup/start/people"
GRAZYNA = Agent("grazyna", "Grażyna", "grazyna@example.org", teams=("Billing",))
HENRYK = Agent("henryk", "Henryk", "henryk@example.org")


@pytest.fixture
def adam(desk: Desk, reader: Reader) -> Client:
    return reader(user("Adam", Role.ADMIN))


@pytest.fixture
def redmine(adam: Client) -> Source:
    """Redmine brings Grażyna of Billing, and Henryk of no group."""
    source = brought("redmine", GRAZYNA, HENRYK)["Henryk"].source
    identities.match(source, [("team", 1, "Billing")])
    return source


def html(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def form(*taken: str, **more: str) -> dict[str, object]:
    """The form as the page sends it: everybody who was found, and who of them is ticked."""
    sent: dict[str, object] = {"since": "2026-01-01", "person": [str(person(one).pk) for one in ("Grażyna", "Henryk")]}
    sent |= {f"in-{person(one).pk}": "on" for one in taken}
    return sent | {re.sub(r"_(\w+)", lambda name: f"-{person(name[1]).pk}", key): value for key, value in more.items()}


def billing() -> str:
    return str(Team.objects.get(name="Billing").pk)


def test_who_was_found_is_ticked_and_in_the_team_of_their_group(adam: Client, redmine: Source) -> None:
    body = html(adam)
    assert body.count("checked") == 2
    chosen = re.findall(r'aria-label="Team of ([^"]+)".*?<option value="\d+" selected>([^<]+)', body, re.DOTALL)
    assert chosen == [("Grażyna", "Billing")]
    assert "grazyna@example.org" in body
    assert "Redmine: Grażyna" in body
    assert "Milepost sends no invitations." in text(adam, PAGE)


def test_a_source_that_milepost_named_is_named_in_the_language_of_the_reader(adam: Client, redmine: Source) -> None:
    Source.objects.update(name="Ticket table")
    adam.cookies["django_language"] = "pl"
    assert "Tabela zgłoszeń: Grażyna" in html(adam)


def test_saved_the_step_is_done_and_who_was_left_out_is_deactivated(adam: Client, redmine: Source) -> None:
    leads = form("Grażyna", team_Grażyna=billing(), role_Grażyna="lead")
    answer = adam.post(PAGE, leads)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/start")
    grazyna = Membership.objects.get(person=person("Grażyna"))
    assert (grazyna.team.name, grazyna.leads, str(grazyna.since)) == ("Billing", True, "2025-12-31 23:00:00+00:00")
    assert person("Henryk").deactivated_at == NOW
    assert re.search(r'<h2>People <span class="heard">done', html(adam, "/setup/start"))
    assert "Team lead" in html(adam)


def test_a_lead_needs_a_team_and_what_was_chosen_is_kept(adam: Client, redmine: Source) -> None:
    body = adam.post(PAGE, form("Henryk", role_Henryk="lead", team_Henryk="")).content.decode()
    assert "Choose the team that Henryk leads." in body
    assert "1 line below needs you. Nothing is saved yet." in body
    assert body.count("checked") == 1
    assert not Membership.objects.filter(person=person("Henryk")).exists()
    assert person("Grażyna").deactivated_at is None


@pytest.mark.parametrize("day", ["2026-03-17", "soon", ""])
def test_a_day_that_is_none_or_to_come_is_refused(adam: Client, redmine: Source, day: str) -> None:
    answer = adam.post(PAGE, form("Grażyna", team_Grażyna=billing()) | {"since": day})
    assert answer.status_code == 200
    assert 'class="mistake"' in answer.content.decode()
    assert not Membership.objects.filter(person=person("Grażyna")).exists()


def test_two_who_share_an_address_are_merged_or_kept_apart(adam: Client, redmine: Source) -> None:
    zammad = brought("zammad", Agent("7", "Grażyna N.", "grazyna@example.org"))
    asked = "Two people share grazyna@example.org: merge them?"
    assert asked in text(adam, PAGE)
    adam.post(f"{PAGE}/same", {"same": f"{zammad['Grażyna N.'].pk}:{person('Grażyna').pk}"})
    assert asked not in text(adam, PAGE)
    assert not Person.objects.filter(name="Grażyna N.").exists()
    assert "Redmine: Grażyna, Zammad: Grażyna N." in html(adam)


def test_a_team_without_a_lead_is_asked_about_and_gets_one(adam: Client, redmine: Source) -> None:
    body = text(adam, PAGE)
    assert "Choose a lead for Billing, or leave it with Adam." in body
    assert "Choose a lead for Frontline" not in body
    ewa = Membership.objects.get(person=person("Ewa"))
    adam.post(f"{PAGE}/lead", {"membership": str(ewa.pk)})
    ewa.refresh_from_db()
    assert ewa.leads
    assert "Choose a lead for Billing" not in text(adam, PAGE)


def test_a_long_list_is_saved_page_after_page_with_as_many_queries_as_a_short_one(
    adam: Client, redmine: Source
) -> None:
    html(adam)
    with CaptureQueriesContext(connection) as few:
        html(adam)
    many = [Agent(f"n{number}", f"Agent {number}", f"a{number}@example.org") for number in range(60)]
    brought("redmine", GRAZYNA, HENRYK)
    identities.match(redmine, [("agent", 3000 + number, one.key) for number, one in enumerate(many)])
    identities.describe(redmine, [GRAZYNA, HENRYK, *many], now=NOW)
    with CaptureQueriesContext(connection) as more:
        body = html(adam)
    assert len(more) <= len(few)
    shown = re.findall(r'name="person" value="(\d+)"', body)
    assert len(shown) == 50
    sent = {"since": "2026-01-01", "person": shown} | {f"in-{pk}": "on" for pk in shown}
    following = adam.post(PAGE, sent)["Location"]
    assert following == f"{PAGE}?page=2&since=2026-01-01"
    assert 'value="2026-01-01"' in html(adam, following)
    assert adam.get(f"{PAGE}?since=soon").status_code == 200
    assert redmine.identities.filter(kind="agent", reviewed_at=None).count() == 12


def test_without_agents_the_page_says_where_they_come_from(adam: Client) -> None:
    assert "They come with the tickets." in text(adam, PAGE)


def test_the_page_is_for_who_runs_the_installation(desk: Desk, reader: Reader, redmine: Source) -> None:
    for one in (desk.cast.anna, desk.cast.bartek, desk.cast.celina):
        assert reader(one).get(PAGE).status_code == 404
        for address in (PAGE, f"{PAGE}/same", f"{PAGE}/lead"):
            assert reader(one).post(address, {}).status_code == 404


def test_what_is_sent_wrong_changes_nothing(adam: Client, redmine: Source) -> None:
    wrong: list[tuple[str, dict[str, object]]] = [
        (f"{PAGE}/lead", {"membership": "9" * 30}),
        (f"{PAGE}/lead", {}),
        (f"{PAGE}/same", {"same": "x:y"}),
    ]
    for address, sent in wrong:
        assert adam.post(address, sent).status_code == 404
    celina = person("Celina")
    adam.post(PAGE, {"since": "2026-01-01", "person": [str(celina.pk), "x", "9" * 30]})
    celina.refresh_from_db()
    assert celina.deactivated_at is None
