"""Signatures by which senders of webhooks show who they are. Each is compared in constant time."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# A request that is older, or of later than now by more, is one that somebody kept.
WINDOW_SECONDS: Final = 300
# What a secret of the Standard Webhooks begins with; the rest is base64.
PREFIX: Final = "whsec_"


@dataclass(frozen=True)
class Request:
    """A request as it came; names of headers in small letters."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes


def is_signed(request: Request, secret: str, *, now: datetime) -> bool:
    """Whether a signature of the request was made with this secret, just now where it tells when."""
    return _fits(SCHEMES, request, secret, now)


def is_signed_just_now(request: Request, secret: str, *, now: datetime) -> bool:
    """The same by signatures alone that tell when they were made, so that a request cannot be sent again later."""
    return _fits(TIMED, request, secret, now)


def _fits(schemes: Mapping[str, "Check"], request: Request, secret: str, now: datetime) -> bool:
    return any(header in request.headers and check(request, secret, now) for header, check in schemes.items())


def _standard(request: Request, secret: str, now: datetime) -> bool:
    """The Standard Webhooks: several signatures may stand beside each other while a secret is changed."""
    name, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    signed = _hmac(_key(secret), f"{name}.{at}.".encode() + request.body)
    found = [one.removeprefix("v1,") for one in request.headers["webhook-signature"].split(" ") if one[:3] == "v1,"]
    # Not any(): all are compared, whichever fits.
    return bool(sum([_is_same(one, signed) for one in found[:10]])) and _is_recent(at, now)


def _hubspot(request: Request, secret: str, now: datetime) -> bool:
    at = request.headers.get("x-hubspot-request-timestamp", "")
    told = request.method.encode() + request.address.encode() + request.body + at.encode()
    recent = at.isdigit() and _is_recent(at[:-3], now)
    return _is_same(request.headers["x-hubspot-signature-v3"], _hmac(secret.encode(), told)) and recent


def _hubspot_2(request: Request, secret: str, _now: datetime) -> bool:
    """The one before it, which actions of workflows make; it is no HMAC and tells no moment."""
    told = secret.encode() + request.method.encode() + request.address.encode() + request.body
    is_2 = request.headers.get("x-hubspot-signature-version") == "v2"
    return _is_same(request.headers["x-hubspot-signature"], hashlib.sha256(told).hexdigest()) and is_2


def _zendesk(request: Request, secret: str, now: datetime) -> bool:
    at = request.headers.get("x-zendesk-webhook-signature-timestamp", "")
    signed = _hmac(secret.encode(), at.encode() + request.body)
    return _is_same(request.headers["x-zendesk-webhook-signature"], signed) and _is_recent_date(at, now)


def _hub_256(request: Request, secret: str, _now: datetime) -> bool:
    signed = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    return _is_same(request.headers["x-hub-signature-256"], f"sha256={signed}")


def _hub(request: Request, secret: str, _now: datetime) -> bool:
    signed = hmac.new(secret.encode(), request.body, hashlib.sha1).hexdigest()
    return _is_same(request.headers["x-hub-signature"], f"sha1={signed}")


def _base64_sha1(header: str) -> "Check":
    """What Help Scout and FreeScout do alike."""

    def check(request: Request, secret: str, _now: datetime) -> bool:
        signed = hmac.new(secret.encode(), request.body, hashlib.sha1).digest()
        return _is_same(request.headers[header], base64.b64encode(signed).decode())

    return check


Check = Callable[[Request, str, datetime], bool]
TIMED: Final[Mapping[str, Check]] = {
    "webhook-signature": _standard,
    "x-hubspot-signature-v3": _hubspot,
    "x-zendesk-webhook-signature": _zendesk,
}
# The others tell no moment: who saw one request may send it again. Zammad, Intercom and others have X-Hub-Signature.
SCHEMES: Final[Mapping[str, Check]] = {
    **TIMED,
    "x-hubspot-signature": _hubspot_2,
    "x-hub-signature-256": _hub_256,
    "x-hub-signature": _hub,
    **{name: _base64_sha1(name) for name in ("x-helpscout-signature", "x-freescout-signature")},
}


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def _hmac(key: bytes, told: bytes) -> str:
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def _is_same(found: str, wanted: str) -> bool:
    return hmac.compare_digest(found.encode(), wanted.encode())


def _is_recent(seconds: str, now: datetime) -> bool:
    return seconds.isascii() and seconds.isdigit() and abs(int(seconds[:15]) - now.timestamp()) <= WINDOW_SECONDS


def _is_recent_date(text: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return False
    return at.tzinfo is not None and abs((at - now).total_seconds()) <= WINDOW_SECONDS
