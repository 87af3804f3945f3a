"""The inbox and its pages: one's own, bounded, and what cannot be seen is not there."""

from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.goals.models import Goal
from milepost.history.models import Change
from milepost.notifications import watch
from milepost.notifications.models import Digest, Hook, Notice, Preference
from milepost.people.models import User
from milepost.people.roles import Role
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]


@pytest.fixture
def told(desk: Desk) -> Goal:
    """Celina and Dawid were told that a goal has started."""
    watch.look(Goal.objects.all(), now=NOW)
    persons = [desk.cast.person(one) for one in (desk.cast.celina, desk.cast.dawid)]
    goal = desk.goal("Tickets closed 2026", persons=persons, value=Decimal(30))
    watch.look(Goal.objects.all(), now=NOW)
    return goal


def test_the_bell_counts_what_was_not_read_and_opening_reads_it(desk: Desk, reader: Reader, told: Goal) -> None:
    celina = reader(desk.cast.celina)
    assert "Inbox, 1 unread" in celina.get("/goals").content.decode()
    page = text(celina, "/inbox")
    assert "The goal starts: Celina, “Tickets closed 2026”" in page
    notice = Notice.objects.get(user=desk.cast.celina)
    answer = celina.get(f"/inbox/{notice.pk}")
    target = notice.target
    assert answer["Location"] == f"/goals/{told.pk}/2026-03-01/{target.contributor_id}"
    assert "unread" not in celina.get("/goals").content.decode()


def test_everything_is_marked_as_read_at_once_and_only_ones_own(desk: Desk, reader: Reader, told: Goal) -> None:
    assert reader(desk.cast.celina).post("/inbox/read")["Location"] == "/inbox"
    assert set(Notice.objects.filter(read_at__isnull=False).values_list("user__name", flat=True)) == {"Celina"}


def test_the_notices_of_others_are_not_there(desk: Desk, reader: Reader, told: Goal) -> None:
    notice = Notice.objects.get(user=desk.cast.celina)
    ewa = reader(desk.cast.ewa)
    assert "Celina" not in text(ewa, "/inbox")
    assert ewa.get(f"/inbox/{notice.pk}").status_code == HTTPStatus.NOT_FOUND
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_inbox_is_read_a_page_at_a_time_with_as_many_queries_for_many(
    desk: Desk, reader: Reader, told: Goal
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader(desk.cast.celina).get("/inbox").status_code == HTTPStatus.OK
        return len(captured)

    one = Notice.objects.get(user=desk.cast.celina)
    few = queries()
    Notice.objects.bulk_create(
        Notice(
            user=one.user,
            target=one.target,
            milestone=one.milestone,
            kind="behind_pace",
            occasion=str(number),
            decided_at=NOW,
            visible_at=NOW,
        )
        for number in range(120)
    )
    assert queries() <= few + 1  # the page of a list of several asks how many there are
    page = reader(desk.cast.celina).get("/inbox").content.decode()
    assert page.count('<li class="notice') == 50
    assert "99+" in page


def test_a_reader_says_what_comes_by_mail_and_when(desk: Desk, reader: Reader) -> None:
    celina = reader(desk.cast.celina)
    assert "As the workspace: Europe/Warsaw" in celina.get("/inbox/preferences").content.decode()
    answer = celina.post(
        "/inbox/preferences",
        {
            "mail": "on",
            "mailed": ["missed"],
            "language": "pl",
            "zone": "",
            "quiet_from": "20:00",
            "quiet_until": "07:00",
        },
    )
    assert answer.status_code == HTTPStatus.FOUND
    kept = Preference.objects.get(user=desk.cast.celina)
    assert (kept.language, kept.digest, kept.quiet_from.hour) == ("pl", False, 20)
    assert "missed" not in kept.not_mailed
    assert "achieved" in kept.not_mailed
    assert Change.objects.get(verb="preferred").actor_name == "Celina"


def test_a_wrong_time_is_said_beside_its_field(desk: Desk, reader: Reader) -> None:
    answer = reader(desk.cast.celina).post("/inbox/preferences", {"language": "pl", "quiet_from": "25:00"})
    assert answer.status_code == HTTPStatus.OK
    assert "Enter a valid time." in answer.content.decode()
    assert not Preference.objects.exists()


def test_the_language_of_the_pages_is_that_of_messages_too(desk: Desk, reader: Reader) -> None:
    reader(desk.cast.celina).post("/language", {"language": "pl"})
    assert Preference.objects.get(user=desk.cast.celina).language == "pl"
    reader(None).post("/language", {"language": "pl"})
    assert Preference.objects.count() == 1


def test_the_digest_is_previewed_and_read_again_by_nobody_else(desk: Desk, reader: Reader, closed: Goal) -> None:
    bartek = reader(desk.cast.bartek)
    preview = bartek.get("/digests/preview")
    assert "Tickets closed 2026 (Frontline)" in preview.content.decode()
    assert "style-src 'self' 'unsafe-inline'" in preview["Content-Security-Policy"]
    assert "script-src 'self'" in preview["Content-Security-Policy"]
    assert reader(desk.cast.ewa).get("/digests/2026-03-16").status_code == HTTPStatus.NOT_FOUND
    assert bartek.get("/digests/nonsense").status_code == HTTPStatus.NOT_FOUND
    Digest.objects.create(user=desk.cast.ewa, monday="2026-03-16", content={}, written_at=NOW, until=NOW)
    assert "No digest was written yet." in text(reader(desk.cast.ewa), "/digests")


def test_channels_are_kept_by_managers_and_their_secrets_are_shown_once(
    desk: Desk, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda _host, port, **_: [(2, 1, 6, "", ("93.184.215.14", port))])
    anna = reader(desk.cast.anna)
    sent = {
        "name": "Chat",
        "make": "webhook",
        "address": "https://hooks.example.org/secret",
        "kinds": ["achieved"],
        "language": "en",
    }
    added = anna.post("/setup/channels/new", sent).content.decode()
    assert "whsec_" in added
    hook = Hook.objects.get()
    later = anna.get(f"/setup/channels/{hook.pk}").content.decode()
    for secret in ("whsec_", "hooks.example.org"):
        assert secret not in later
        assert secret not in text(anna, "/setup/channels")
    kept = hook.address
    anna.post(f"/setup/channels/{hook.pk}", sent | {"address": "", "name": "Talk"})
    hook.refresh_from_db()
    assert (hook.name, hook.address) == ("Talk", kept)
    anna.post(f"/setup/channels/{hook.pk}/switch")
    hook.refresh_from_db()
    assert hook.switched_off_at == NOW


def test_an_address_in_a_private_network_is_refused_beside_its_field(desk: Desk, reader: Reader) -> None:
    sent = {"name": "Chat", "make": "slack", "address": "https://127.0.0.1/x", "kinds": ["achieved"], "language": "en"}
    answer = reader(desk.cast.anna).post("/setup/channels/new", sent).content.decode()
    assert "127.0.0.1 lies in a private network" in answer
    assert not Hook.objects.exists()


@pytest.mark.parametrize("address", ["/setup/channels", "/setup/channels/new", "/setup/channels/1"])
def test_for_agents_and_leads_there_are_no_channels(desk: Desk, reader: Reader, address: str) -> None:
    for who in (desk.cast.bartek, desk.cast.celina):
        assert reader(who).get(address).status_code == HTTPStatus.NOT_FOUND
    assert reader(None).get(address).status_code == HTTPStatus.FOUND


def test_an_observer_sees_channels_and_changes_none(desk: Desk, reader: Reader) -> None:
    observer = desk.cast.dawid
    observer.role = Role.OBSERVER
    observer.save()
    assert reader(observer).get("/setup/channels").status_code == HTTPStatus.OK
    assert reader(observer).get("/setup/channels/new").status_code == HTTPStatus.FORBIDDEN
