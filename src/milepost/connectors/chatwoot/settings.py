"""What it takes to read a Chatwoot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, server_address, setting
from milepost.tickets.columns import Category

# Chatwoot has these four and no others.
STATUSES: Final = {
    "open": Category.OPEN,
    "pending": Category.NEW,
    "snoozed": Category.ON_HOLD,
    "resolved": Category.RESOLVED,
}


@dataclass(frozen=True)
class Settings:
    """A server, a user of it, and which account."""

    address: str = server_address()
    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop("In Chatwoot: Profile settings, Access token, of a user made for Milepost."),
    )
    account: str = setting(
        Kind.TEXT,
        gettext_noop("Account number"),
        hint=gettext_noop("The number behind /accounts/ in the address of your Chatwoot. Empty: the user’s only one."),
        default="",
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop("What the four statuses mean, one on each line."),
    )
