"""Signatures of webhooks, made as their senders document it."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from milepost.connectors import signatures
from milepost.connectors.signatures import Request

SECRET = "the secret"
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
ADDRESS = "https://milepost.example.org/notify/KEY"
BODY = b'{"ticket": 1}'


def base64_hmac(told: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()


def signed(scheme: str, secret: str = SECRET, *, at: datetime = NOW) -> dict[str, str]:
    """The headers of a request that was signed in one of the ways."""
    milliseconds, date = str(int(at.timestamp() * 1000)), at.isoformat().replace("+00:00", "Z")
    seconds = str(int(at.timestamp()))
    match scheme:
        case "standard":
            signature = f"v1,{base64_hmac(f'msg.{seconds}.'.encode() + BODY, secret)}"
            return {"webhook-id": "msg", "webhook-timestamp": seconds, "webhook-signature": signature}
        case "hubspot 3":
            told = f"POST{ADDRESS}".encode() + BODY + milliseconds.encode()
            found = base64_hmac(told, secret)
            return {"x-hubspot-signature-v3": found, "x-hubspot-request-timestamp": milliseconds}
        case "hubspot 2":
            found = hashlib.sha256(f"{secret}POST{ADDRESS}".encode() + BODY).hexdigest()
            return {"x-hubspot-signature": found, "x-hubspot-signature-version": "v2"}
        case "zendesk":
            found = base64_hmac(date.encode() + BODY, secret)
            return {"x-zendesk-webhook-signature": found, "x-zendesk-webhook-signature-timestamp": date}
    sha1, sha256 = (hmac.new(secret.encode(), BODY, how) for how in (hashlib.sha1, hashlib.sha256))
    of_the_body = {
        "hub 1": {"x-hub-signature": f"sha1={sha1.hexdigest()}"},
        "hub 256": {"x-hub-signature-256": f"sha256={sha256.hexdigest()}"},
        "help scout": {"x-helpscout-signature": base64.b64encode(sha1.digest()).decode()},
        "freescout": {"x-freescout-signature": base64.b64encode(sha1.digest()).decode()},
    }
    return of_the_body[scheme]


TIMED = ("standard", "hubspot 3", "zendesk")
ALL = (*TIMED, "hubspot 2", "hub 256", "hub 1", "help scout", "freescout")


def is_signed(headers: dict[str, str], *, body: bytes = BODY, now: datetime = NOW) -> bool:
    return signatures.is_signed(Request("POST", ADDRESS, headers, body), SECRET, now=now)


@pytest.mark.parametrize("scheme", ALL)
def test_what_was_signed_with_the_secret_is_known(scheme: str) -> None:
    assert is_signed(signed(scheme))
    assert not is_signed(signed(scheme, "another secret"))
    assert not is_signed(signed(scheme), body=BODY + b" ")
    assert not is_signed(dict.fromkeys(signed(scheme), ""))
    assert not is_signed(dict.fromkeys(signed(scheme), "żółw"))


@pytest.mark.parametrize("scheme", TIMED)
@pytest.mark.parametrize(("minutes", "known"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_what_was_signed_long_ago_is_somebody_elses(scheme: str, minutes: int, known: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_signed(signed(scheme, at=NOW + timedelta(minutes=minutes))) is known


@pytest.mark.parametrize("scheme", ALL)
def test_only_what_tells_its_moment_is_signed_just_now(scheme: str) -> None:
    headers = signed(scheme) | {"webhook-signature": "v1,nothing"} if scheme not in TIMED else signed(scheme)
    request = Request("POST", ADDRESS, headers, BODY)
    assert signatures.is_signed_just_now(request, SECRET, now=NOW) is (scheme in TIMED)


def test_the_example_of_the_standard_webhooks_is_known() -> None:
    """The one of the specification, whose secret is base64 behind its prefix."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    request = Request("POST", ADDRESS, headers, body)
    assert signatures.is_signed(request, secret, now=datetime.fromtimestamp(1614265330, UTC))


def test_without_a_signature_nothing_is_signed() -> None:
    assert not is_signed({})
