"""The address to which others send ticket events, as programs see it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.connectors.contract import LARGEST
from milepost.sources import entrances
from milepost.sources.models import Arrival
from milepost.web.inbound import views
from milepost.worker.models import Job
from tests.sources.inbound import CREATED, event
from tests.web.conftest import NOW, Desk

Post = Callable[..., Any]


@pytest.fixture
def opened(desk: Desk, settings: Settings, tmp_path: Path) -> entrances.Opened:
    """A source to which others send. Its job was done a minute ago."""
    cache.clear()
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    opened = entrances.open_("desk", name="Help desk", by=None, now=NOW)
    begun = NOW - timedelta(minutes=1)
    Job.objects.create(name="sync:desk", kind="sync", due_at=NOW + timedelta(minutes=4), begun_at=begun, done_at=begun)
    return opened


@pytest.fixture
def address(opened: entrances.Opened) -> str:
    return f"/inbound/{opened.source.entrance.key}"


@pytest.fixture
def post(opened: entrances.Opened, address: str) -> Post:
    """Sends with the token, as a program does: no cookie, and every check that a browser would be put to."""
    client = Client(enforce_csrf_checks=True)

    def sent(body: object, content_type: str = "application/json", *, token: str = opened.token, **headers: str) -> Any:
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): text for name, text in headers.items()}
        response = client.post(address, said, content_type=content_type, headers=told)
        assert not response.cookies
        return response

    return sent


def said(response: Any) -> dict[str, Any]:
    """What an answer says."""
    told: dict[str, Any] = json.loads(response.content)
    return told


def test_an_event_is_kept_and_the_job_is_due_at_once(post: Post) -> None:
    answer = post(event("1", "09:00", status="new"))
    assert answer.status_code == 202
    told = {"accepted": 1, "unchanged": 0, "rejected": 0, "items": [{"item": 1, "outcome": "accepted"}]}
    assert said(answer) == told
    assert answer["Cache-Control"] == "no-store"
    assert Arrival.objects.get().told["ticket"] == "1"
    assert Job.objects.get().due_at == NOW


def test_what_comes_again_is_unchanged_and_wakes_nobody(post: Post) -> None:
    post(event("1", "09:00", status="new"))
    Job.objects.update(due_at=NOW + timedelta(minutes=4))
    assert said(post([event("1", "09:00", status="new")]))["unchanged"] == 1
    assert Job.objects.get().due_at == NOW + timedelta(minutes=4)


def test_the_job_is_not_begun_again_within_fifteen_seconds(post: Post) -> None:
    Job.objects.update(begun_at=NOW - timedelta(seconds=5))
    post(event("1", "09:00", status="new"))
    assert Job.objects.get().due_at == NOW + timedelta(seconds=10)


def test_a_list_and_lines_may_hold_events_whole_tickets_and_heartbeats(post: Post) -> None:
    ticket = {"ticket": "2", "created": CREATED, "events": [{"at": CREATED, "status": "new"}]}
    items = [event("1", "09:00"), ticket, {"complete_until": "2026-03-16T10:00:00Z"}]
    assert said(post(items))["accepted"] == 3
    lines = b"\n".join(json.dumps(one).encode() for one in [*items[:2], event("3", "09:00")]) + b"\n\n"
    told = said(post(lines, "application/x-ndjson; charset=utf-8"))
    assert (told["accepted"], told["unchanged"]) == (1, 2)


def test_what_can_be_read_is_kept_and_each_of_the_others_is_told_with_its_field(post: Post) -> None:
    answer = post(
        [event("1", "09:00"), event("2", "09:00", status="done"), event("3", "09:00", customer="Jan Kowalski")]
    )
    assert answer.status_code == 207
    assert said(answer)["items"][1:] == [
        {
            "item": 2,
            "outcome": "rejected",
            "field": "status",
            "reason": "“status” is none of its words: new, open, waiting_customer, on_hold, resolved, closed, deleted.",
        },
        {"item": 3, "outcome": "rejected", "field": "customer", "reason": "“customer” is not a field of an event."},
    ]
    assert "Kowalski" not in answer.content.decode() + repr(list(Arrival.objects.values()))


def test_where_nothing_can_be_read_it_is_a_problem_of_the_sender(post: Post) -> None:
    answer = post([{"ticket": "1"}])
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert said(answer)["detail"] == "1 item was rejected; “items” says why. Nothing was kept."
    assert Job.objects.get().due_at == NOW


def test_a_line_that_is_no_json_does_not_stop_the_others(post: Post) -> None:
    told = said(post(json.dumps(event("1", "09:00")).encode() + b"\n{broken", "application/x-ndjson"))
    assert (told["accepted"], told["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b" ", "The body is empty"),
        (b'[{"ticket": "1",\n}]', "line 2, column 1"),
        (b"\xff\xfe", "not in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"score": NaN}', "not JSON"),
        (b'{"score": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_a_body_that_is_no_json_says_where_it_breaks(post: Post, body: bytes, text: str) -> None:
    answer = post(body)
    assert answer.status_code == 422
    assert text in said(answer)["detail"]
    assert not Arrival.objects.exists()


def test_what_is_too_large_is_not_read(post: Post) -> None:
    assert post(b" " * (views.MOST_BYTES + 1)).status_code == 413
    answer = post([event(str(number), "09:00") for number in range(LARGEST + 1)])
    assert answer.status_code == 413
    events = [{"at": CREATED}] * (LARGEST + 1)
    assert post({"ticket": "1", "created": CREATED, "events": events}).status_code == 413
    assert "5,000 events" in said(answer)["detail"]
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [("application/x-www-form-urlencoded", {}), ("text/plain", {}), ("application/json", {"Content_Encoding": "gzip"})],
)
def test_another_form_is_refused_with_those_that_are_read(
    post: Post, content_type: str, headers: dict[str, str]
) -> None:
    answer = post(event("1", "09:00"), content_type, **headers)
    assert answer.status_code == 415
    assert "application/json" in answer["Accept-Post"]


def test_without_its_token_nothing_is_taken(post: Post, opened: entrances.Opened, address: str) -> None:
    for token in ("", "milepost_in_another", opened.token[:-1], "żółw"):
        answer = post(event("1", "09:00"), token=token)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert Client().post(address, "{}", content_type="application/json").status_code == 401
    assert not Arrival.objects.exists()


def test_an_address_that_is_not_there_and_one_of_a_disconnected_source_look_the_same(
    post: Post, opened: entrances.Opened, address: str
) -> None:
    absent = Client().post("/inbound/0123456789abcdef0123456789abcdef", "{}", content_type="application/json")
    entrances.close(opened.source, by=None, now=NOW)
    gone = post(event("1", "09:00"))
    assert (absent.status_code, absent.content) == (404, gone.content)
    assert gone.status_code == 404
    assert "There is no such address here" in said(gone)["detail"]


def test_who_sends_too_often_is_told_when_to_send_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_REQUESTS", 2)
    assert [post(event("1", "09:00")).status_code for _ in range(3)] == [202, 202, 429]
    answer = post(event("1", "09:00"))
    assert answer["Retry-After"] == "60"
    assert "more than 2 times in a minute" in said(answer)["detail"]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert post(event("1", "09:00")).status_code == 202


def test_with_too_much_waiting_the_sender_is_asked_to_come_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.sources.accepting.MOST_WAITING", 0)
    post(event("1", "09:00"))
    answer = post(event("2", "09:00"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


class TestSigned:
    """Who can sign needs no token: the Standard Webhooks, with a window of five minutes."""

    @pytest.fixture
    def secret(self, opened: entrances.Opened) -> str:
        return entrances.sign(opened.source, by=None, now=NOW)

    @staticmethod
    def signed(secret: str, body: bytes, *, at: int) -> dict[str, str]:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.new(key, f"msg_1.{at}.".encode() + body, hashlib.sha256).digest()).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,b2xk v1,{signature}"}

    def test_a_signature_of_now_lets_in(self, address: str, secret: str) -> None:
        body = json.dumps(event("1", "09:00")).encode()
        now = int(NOW.timestamp())
        for at, status in ((now, 202), (now - 299, 202), (now - 301, 401), (now + 301, 401)):
            headers = self.signed(secret, body, at=at)
            answer = Client().post(address, body, content_type="application/json", headers=headers)
            assert answer.status_code == status, at

    def test_of_another_body_or_with_another_secret_it_does_not(self, address: str, secret: str) -> None:
        body = json.dumps(event("1", "09:00")).encode()
        good = self.signed(secret, body, at=int(NOW.timestamp()))
        other = self.signed("whsec_b3RoZXI=", body, at=int(NOW.timestamp()))
        for sent, headers in ((body + b" ", good), (body, other), (body, good | {"webhook-timestamp": "soon"})):
            answer = Client().post(address, sent, content_type="application/json", headers=headers)
            assert answer.status_code == 401

    def test_the_secret_is_sealed_and_goes_with_the_token(
        self, address: str, opened: entrances.Opened, secret: str
    ) -> None:
        opened.source.entrance.refresh_from_db()
        assert secret not in opened.source.entrance.signing
        entrances.revoke(opened.source, by=None, now=NOW)
        body = json.dumps(event("1", "09:00")).encode()
        headers = self.signed(secret, body, at=int(NOW.timestamp()))
        assert Client().post(address, body, content_type="application/json", headers=headers).status_code == 401


def test_asked_what_it_is_it_says_how_events_are_sent(address: str, opened: entrances.Opened) -> None:
    answer = Client().get(address)
    assert answer.json()["limits"] == {"bytes": 5_000_000, "events": 5_000, "requests_per_minute": 600}
    assert "source" not in answer.json()
    told = Client().get(address, headers={"Authorization": f"Bearer {opened.token}"}).json()
    assert (told["source"], told["waiting"]) == ("Help desk", 0)
    assert Client().get(address, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert Client().head(address).status_code == 200
    wrong = Client().put(address, "{}", content_type="application/json")
    assert (wrong.status_code, wrong["Allow"]) == (405, "POST, GET, HEAD")


def test_its_description_for_programs_names_every_field(address: str) -> None:
    described = Client().get(f"{address}/openapi.json").json()
    assert described["paths"][address]["post"]["responses"].keys() >= {"202", "207", "401", "413", "415", "422", "429"}
    fields = described["components"]["schemas"]["Event"]["properties"]
    assert fields.keys() == {
        *("id", "ticket", "created", "at", "status", "message", "actor_kind", "removal", "score"),
        *("actor", "agent", "team", "pipeline", "priority", "channel", "survivor"),
    }


def test_the_senders_own_statuses_mean_what_was_said_of_them(post: Post, opened: entrances.Opened) -> None:
    entrances.change(opened.source, name="Help desk", statuses="Pending = waiting_customer", by=None, now=NOW)
    assert said(post(event("1", "09:00", status="pending")))["accepted"] == 1
    assert Arrival.objects.get().told["events"][0][1] == {"status": "waiting_customer"}
