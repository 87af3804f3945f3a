"""What it takes to read a Zammad."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, server_address, setting
from milepost.tickets.columns import Category

# As Zammad names them at first; of all others the type of the state tells.
STATUSES: Final = {
    "pending reminder": Category.WAITING_CUSTOMER,
    "pending close": Category.WAITING_CUSTOMER,
}


@dataclass(frozen=True)
class Settings:
    """A server, and an agent of it that may read."""

    address: str = server_address()
    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop(
            "In Zammad: Profile, Token Access, with the permission ticket.agent alone, of a user that may read the "
            "groups and no more."
        ),
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop(
            "What the states mean, one on each line. Those that are not here mean what their type says: new, open, "
            "closed; pending ones wait for the customer."
        ),
    )
