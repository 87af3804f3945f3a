"""The page of a source to which others send."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.history.models import Change
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import entrances
from milepost.sources.models import Source
from tests.cast import user
from tests.sources.inbound import Sender, event
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
NEW = "/setup/sources/inbound"


@pytest.fixture
def admin(desk: Desk, reader: Reader, settings: Settings, tmp_path: Path) -> Client:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    return reader(user("Adam", Role.ADMIN))


def made(admin: Client) -> tuple[Sender, str]:
    """Adam makes a source; who sends to it, and its page."""
    page = admin.post(NEW, {"name": "Kestrel desk"}).headers["Location"]
    source = Source.objects.get()
    return Sender(source, token_on(admin.get(page).content.decode()), now=NOW), page


def token_on(body: str) -> str:
    """The token that a page shows."""
    return body.split('id="token" value="')[1].split('"', maxsplit=1)[0]


def test_a_source_is_made_and_its_token_shown_once(admin: Client) -> None:
    sender, page = made(admin)
    assert (sender.source.name, sender.source.slug, sender.source.make) == ("Kestrel desk", "kestrel-desk", "inbound")
    assert entrances.lets_in(sender.source.entrance, sender.token, now=NOW)
    again = admin.get(page).content.decode()
    assert f'value="http://localhost:8000/inbound/{sender.source.entrance.key}"' in again
    assert sender.token not in again
    assert "$TOKEN" in again
    assert sender.token not in repr(list(admin.session.items()))
    assert "nothing yet" in again
    assert [change.verb for change in Change.objects.all()][:1] == ["connected"]


def test_what_came_and_what_was_rejected_is_told_with_its_reason(admin: Client) -> None:
    sender, page = made(admin)
    sender.sends(event("1", "09:00", status="new"), event("2", "09:00", status="done"), event("3", "09:00", email="a"))
    assert "<dt>Waiting to be read</dt><dd>2</dd>" in admin.get(page).content.decode()
    sender.taken()
    for address in (page, f"/setup/sources/{sender.source.pk}/syncs"):
        body = admin.get(address).content.decode()
        assert "1 item: “status” is none of its words: new, open, waiting_customer" in body
        assert "For example “done”. In place 2 of what was sent." in body
        assert "1 item: “email” is not a field of an event." in body
    assert "<dt>Tickets new</dt><dd>1</dd>" in admin.get(page).content.decode()


def test_a_new_token_leaves_the_one_before_it_a_day_and_nobody_is_let_in_after_that(admin: Client) -> None:
    sender, page = made(admin)
    admin.post(page, {"act": "renew"})
    body = admin.get(page).content.decode()
    assert "The token before this one lets in until Tue 17 Mar 2026, 12:00." in body.replace("\xa0", " ")
    new = token_on(body)
    sender.source.entrance.refresh_from_db()
    assert entrances.lets_in(sender.source.entrance, new, now=NOW)
    assert entrances.lets_in(sender.source.entrance, sender.token, now=NOW + timedelta(hours=23))
    admin.post(page, {"act": "revoke"})
    assert "There is no token, so nothing is let in." in admin.get(page).content.decode()
    sender.source.entrance.refresh_from_db()
    assert not entrances.lets_in(sender.source.entrance, new, now=NOW)


def test_a_signing_secret_is_shown_once(admin: Client) -> None:
    _, page = made(admin)
    admin.post(page, {"act": "sign"})
    assert 'value="whsec_' in admin.get(page).content.decode()
    assert "whsec_" not in admin.get(page).content.decode()


def test_name_and_statuses_are_changed_and_what_says_nothing_is_refused(admin: Client) -> None:
    sender, page = made(admin)
    assert "says nothing" in admin.post(page, {"name": "Desk", "statuses": "pending = asleep"}).content.decode()
    admin.post(page, {"name": "Desk", "statuses": "pending = waiting_customer"})
    sender.source.refresh_from_db()
    assert (sender.source.name, sender.source.settings) == ("Desk", {"statuses": "pending = waiting_customer"})


def test_it_is_disconnected_and_connected_again_at_the_same_address(admin: Client) -> None:
    sender, page = made(admin)
    assert page in admin.get("/setup/sources").content.decode()
    admin.post(f"/setup/sources/{sender.source.pk}/disconnect")
    assert f'href="{page}"' in admin.get("/setup/sources").content.decode()
    body = admin.get(page).content.decode()
    assert "This source is disconnected" in body
    admin.post(page, {"act": "open"})
    source = Source.objects.get()
    assert source.disconnected_at is None
    assert source.entrance.key == sender.source.entrance.key
    assert not entrances.lets_in(source.entrance, sender.token, now=NOW)


def test_only_who_runs_the_installation_sees_it(admin: Client, reader: Reader, desk: Desk) -> None:
    _, page = made(admin)
    for who, status in ((desk.cast.anna, 403), (desk.cast.celina, 404), (None, 302)):
        for address in (NEW, page):
            assert reader(who).get(address).status_code == status
            assert reader(who).post(address, {"name": "Mine", "act": "renew"}).status_code == status
    assert Source.objects.count() == 1
    assert admin.post(page, {"act": "anything"}).status_code == 404


class TestSilence:
    """Who only sends is silent after a day; who sends heartbeats, after half an hour."""

    @staticmethod
    def says(reader: Client) -> str:
        return reader.get("/goals").content.decode()

    def test_without_heartbeats_a_night_is_no_silence_and_a_day_is(self, admin: Client) -> None:
        sender, _ = made(admin)
        sender.brings(event("1", "09:00", status="new"))
        Source.objects.update(answered_at=NOW - timedelta(hours=20))
        assert "sent nothing" not in self.says(admin)
        Source.objects.update(answered_at=NOW - timedelta(hours=25))
        assert "Kestrel desk has sent nothing since." in self.says(admin)

    def test_with_heartbeats_half_an_hour_is(self, admin: Client) -> None:
        sender, _ = made(admin)
        sender.brings({"complete_until": "2026-03-16T10:59:00Z"})
        assert "synced just now" in self.says(admin)
        Source.objects.update(answered_at=NOW - timedelta(minutes=31))
        assert "Kestrel desk · nothing was sent since 11:29." in self.says(admin)

    def test_one_that_never_sent_anything_says_so_after_a_day(self, admin: Client) -> None:
        made(admin)
        Source.objects.update(connected_at=NOW - timedelta(hours=25))
        assert "which has sent nothing since it was connected" in self.says(admin)
