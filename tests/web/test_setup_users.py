"""Users in the set-up: who may sign in, by which link, with which role and seat."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from milepost.account import actions as account
from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
PASSWORD = "seven grey herons"


@pytest.fixture
def gosia(desk: Desk) -> User:
    """Gosia runs Milepost."""
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


def html(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def link_in(page: str) -> str:
    found = re.search(r'value="http://testserver(/welcome/[^"]+)"', page)
    assert found is not None
    return found.group(1)


def invited(client: Client, **sent: str) -> str:
    usual = {"name": "Filip", "email": "filip@example.org", "role": "agent", "seat": "on"}
    return client.post("/setup/users/new", usual | sent).content.decode()


def test_only_an_administrator_changes_users(desk: Desk, reader: Reader, gosia: User) -> None:
    ewa = f"/setup/users/{desk.cast.ewa.pk}"
    for user in (desk.cast.ewa, desk.cast.celina, desk.cast.bartek):
        client = reader(user)
        assert client.get("/setup/users").status_code == client.get(ewa).status_code == 404
        assert client.post(f"{ewa}/give-seat").status_code == client.post(f"{ewa}/link").status_code == 404
    manager = reader(desk.cast.anna)
    assert manager.get("/setup/users").status_code == manager.get(ewa).status_code == 200
    posts = [f"{ewa}/give-seat", f"{ewa}/take-seat", f"{ewa}/deactivate", f"{ewa}/link", ewa, "/setup/users/new"]
    assert {manager.post(address, {"name": "x", "role": "admin"}).status_code for address in posts} == {403}
    assert reader(gosia).get(ewa).status_code == 200
    assert reader(None).get("/setup/users").status_code == 302


def test_who_is_invited_chooses_a_password_by_a_link_that_works_once(desk: Desk, reader: Reader, gosia: User) -> None:
    cache.clear()
    link = link_in(invited(reader(gosia)))
    guest = Client()
    opened = guest.get(link, follow=True)
    assert "Choose a password" in opened.content.decode()
    address = opened.redirect_chain[-1][0]
    assert link.rsplit("/", 1)[1] not in address
    weak = guest.post(address, {"new_password1": "short", "new_password2": "short"})
    assert "too short" in weak.content.decode()
    done = guest.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert guest.get("/goals").status_code == 200
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    signed_in = Client().post("/sign-in", {"username": "filip@example.org", "password": PASSWORD})
    assert signed_in.status_code == 302


def test_a_new_link_ends_the_old_password_the_old_link_and_open_sessions(
    desk: Desk, reader: Reader, gosia: User
) -> None:
    old = link_in(invited(reader(gosia)))
    filip = User.objects.get(email="filip@example.org")
    at_work = reader(filip)
    new = link_in(reader(gosia).post(f"/setup/users/{filip.pk}/link").content.decode())
    assert at_work.get("/goals").status_code == 302
    assert "no longer works" in Client().get(old, follow=True).content.decode()
    assert "Choose a password" in Client().get(new, follow=True).content.decode()


def test_a_link_of_somebody_deactivated_opens_nothing(desk: Desk, reader: Reader, gosia: User) -> None:
    link = link_in(invited(reader(gosia)))
    filip = User.objects.get(email="filip@example.org")
    reader(gosia).post(f"/setup/users/{filip.pk}/deactivate")
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_a_deactivated_user_is_signed_out_and_keeps_their_goals(desk: Desk, reader: Reader, gosia: User) -> None:
    client = reader(desk.cast.ewa)
    goal = desk.goal("Ewa’s", persons=[desk.cast.person(desk.cast.ewa)])
    reader(gosia).post(f"/setup/users/{desk.cast.ewa.pk}/deactivate")
    assert client.get("/goals").status_code == 302
    assert goal.contributors.count() == 1


def test_the_link_is_kept_by_no_browser_and_no_page(desk: Desk, reader: Reader, gosia: User) -> None:
    client = reader(gosia)
    sent = {"name": "Filip", "email": "filip@example.org", "role": "agent"}
    answer = client.post("/setup/users/new", sent)
    assert "no-store" in answer.headers["Cache-Control"]
    filip = User.objects.get(email="filip@example.org")
    assert "/welcome/" not in html(client, f"/setup/users/{filip.pk}")


@pytest.mark.parametrize("role", ["lead", "agent"])
def test_a_user_for_a_person_begins_with_what_is_known_of_them(
    desk: Desk, reader: Reader, gosia: User, role: str
) -> None:
    grazyna = actions.create_person("Grażyna", email="grazyna@example.org", by=None, now=NOW)
    begin = actions.lead if role == "lead" else actions.join
    begin(grazyna, desk.cast.billing, since=NOW, by=None, now=NOW)
    client = reader(gosia)
    address = f"/setup/users/new?person={grazyna.pk}"
    assert f'href="{address}"' in html(client, f"/setup/people/{grazyna.pk}")
    assert address not in html(reader(desk.cast.anna), f"/setup/people/{grazyna.pk}")
    body = html(client, address)
    assert 'value="Grażyna"' in body
    assert 'value="grazyna@example.org"' in body
    assert f'<option value="{grazyna.pk}" selected>' in body
    assert f'<option value="{role}" selected>' in body


@pytest.mark.parametrize("person", ["x", "9" * 30, "0"])
def test_a_user_for_nobody_begins_empty(reader: Reader, gosia: User, person: str) -> None:
    assert '<option value="agent" selected>' in html(reader(gosia), f"/setup/users/new?person={person}")


def test_an_address_is_one_user(desk: Desk, reader: Reader, gosia: User) -> None:
    page = invited(reader(gosia), email="Anna@Example.org")
    assert "already a user with the e-mail address anna@example.org" in page
    assert 'value="Filip"' in page


def test_at_the_limit_the_page_says_who_holds_the_seats(desk: Desk, reader: Reader, gosia: User) -> None:
    account.change(by=None, now=NOW, seats=6)
    client = reader(gosia)
    assert "Seats taken: 6 of 6." in html(client, "/setup/users")
    assert "All 6 seats are taken." in html(client, "/setup/users/new")
    assert "this user has none yet" in invited(client)
    held = html(client, "/setup/users?seat=yes")
    assert all(f">{name}</a>" in held for name in ("Anna", "Bartek", "Celina", "Dawid", "Ewa", "Gosia"))
    assert ">Filip</a>" not in held
    filip = User.objects.get(email="filip@example.org")
    refused = client.post(f"/setup/users/{filip.pk}/give-seat", follow=True)
    assert "All 6 seats are taken. Take one from somebody" in refused.content.decode()
    client.post(f"/setup/users/{desk.cast.ewa.pk}/take-seat")
    client.post(f"/setup/users/{filip.pk}/give-seat")
    filip.refresh_from_db()
    assert filip.seat


def test_the_last_administrator_cannot_be_shut_out(desk: Desk, reader: Reader, gosia: User) -> None:
    answer = reader(gosia).post(f"/setup/users/{gosia.pk}/deactivate", follow=True)
    assert "Somebody has to run Milepost." in answer.content.decode()
    page = reader(gosia).post(f"/setup/users/{gosia.pk}", {"name": "Gosia", "role": "agent"}).content.decode()
    assert "Somebody has to run Milepost." in page


def test_a_role_is_changed_and_history_says_by_whom(desk: Desk, reader: Reader, gosia: User) -> None:
    ewa = desk.cast.ewa
    reader(gosia).post(f"/setup/users/{ewa.pk}", {"name": "Ewa", "role": "lead", "person": desk.cast.person(ewa).pk})
    page = html(reader(gosia), f"/setup/users/{ewa.pk}")
    assert re.search(r"Role: <s>.*?Agent</s>.*?Team lead", page)
    assert "Gosia · " in page


def test_an_unknown_act_is_not_there(desk: Desk, reader: Reader, gosia: User) -> None:
    assert reader(gosia).post(f"/setup/users/{desk.cast.ewa.pk}/promote").status_code == 404


def test_one_changes_one_s_own_password_and_stays_signed_in(desk: Desk, reader: Reader) -> None:
    cache.clear()
    anna = desk.cast.anna
    anna.set_password("a long password")
    anna.save()
    here, elsewhere = reader(anna), reader(anna)
    sent = {"old_password": "wrong", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert here.post("/password", sent).status_code == 200
    assert here.post("/password", sent | {"old_password": "a long password"}).status_code == 302
    assert here.get("/goals").status_code == 200
    assert elsewhere.get("/goals").status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)
