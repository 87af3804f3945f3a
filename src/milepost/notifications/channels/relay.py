"""Posting through apprise to services that have no form of their own here: to those that the setting lists."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.conf import settings

from milepost.base.errors import Misconfigured, Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import outgoing
from milepost.notifications.channels.formats import Line
from milepost.notifications.channels.http import PostFailed

if TYPE_CHECKING:
    from apprise import NotifyBase

SECONDS: Final = 10.0
NOT_LISTED: Final = gettext_noop(
    "Addresses that begin with %(service)s:// are not allowed."
    " An administrator may list the service in MILEPOST_APPRISE."
)
NOT_UNDERSTOOD: Final = gettext_noop("apprise does not understand this address. Compare it with its documentation.")


def check(address: str) -> None:
    """Refuse services that are not listed, what apprise does not understand, and servers in private networks."""
    _service(address)


def post(address: str, lines: Sequence[Line]) -> None:
    """Post these lines as one message. apprise says whether it was taken, and not why where it was not."""
    try:
        service = _service(address)
    except Refused as refused:
        raise PostFailed(str(refused)) from None
    body = "\n\n".join(f"{one.title}\n{one.line}\n{one.address}".rstrip() for one in lines)
    if not service.notify(body=body, title=""):
        raise PostFailed("apprise")


def _service(address: str) -> "NotifyBase":
    scheme = address.partition("://")[0].lower()
    if scheme not in settings.APPRISE:
        raise Refused(NOT_LISTED, service=scheme[:30])
    service = _instance(address)
    if service is None:
        raise Refused(NOT_UNDERSTOOD)
    _check_host(service)
    # Whatever the address asks for: it leads nowhere else, and waits for nobody.
    service.redirects = False
    service.socket_connect_timeout = service.socket_read_timeout = SECONDS
    return service


def _instance(address: str) -> "NotifyBase | None":
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra, needed by those alone who post through it
    except ImportError:
        raise Misconfigured(
            gettext_noop('apprise is not installed. Install "milepost[apprise]", or empty MILEPOST_APPRISE.')
        ) from None
    found: NotifyBase | None = Apprise.instantiate(address)
    return found


def _check_host(service: "NotifyBase") -> None:
    """Many services keep a token where others name a server: what leads to no server is none."""
    if service.host and outgoing.leads_somewhere(str(service.host)):
        outgoing.check_host(str(service.host), service.port or 443, listed=settings.PRIVATE_HOSTS)
