"""What it takes to read a Request Tracker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, server_address, setting
from milepost.tickets.columns import Category

# The lifecycle “default”; whatever it does not know is open.
STATUSES: Final = {
    "new": Category.NEW,
    "open": Category.OPEN,
    "stalled": Category.WAITING_CUSTOMER,
    "resolved": Category.RESOLVED,
    "rejected": Category.RESOLVED,
    "deleted": Category.DELETED,
}


@dataclass(frozen=True)
class Settings:
    """A server, and a user of it that may read."""

    address: str = server_address()
    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop(
            "In Request Tracker: Admin, Users, the user, Auth Tokens. It needs the rights SeeQueue, ShowTicket and "
            "SeeGroup alone."
        ),
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(STATUSES)
