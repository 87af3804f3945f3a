"""What it takes to read a FreeScout."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, names_of_bots, server_address, setting
from milepost.tickets.columns import Category

# What is spam counts nowhere; it is no status here.
STATUSES: Final = {"active": Category.OPEN, "pending": Category.WAITING_CUSTOMER, "closed": Category.CLOSED}


@dataclass(frozen=True)
class Settings:
    """A server, and the key of its interface."""

    address: str = server_address()
    token: str = setting(
        Kind.SECRET,
        gettext_noop("API key"),
        hint=gettext_noop("In FreeScout: Manage, API & Webhooks, of the module of that name."),
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES, hint=gettext_noop("What the statuses mean, one on each line: active, pending and closed.")
    )
    bots: str = names_of_bots()
