"""What it takes to read an Intercom workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, setting
from milepost.tickets.columns import Category

# The three states that a conversation can have.
STATUSES: Final = {"open": Category.OPEN, "snoozed": Category.ON_HOLD, "closed": Category.CLOSED}


@dataclass(frozen=True)
class Settings:
    """A workspace, and an app of it that may read."""

    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop(
            "In Intercom: the access token of an app in the Developer Hub that may read conversations and admins and "
            "no more."
        ),
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop("What the states of a conversation mean, one on each line: open, snoozed and closed."),
    )
    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop(
            "Where Intercom answers programs. Workspaces in Europe: https://api.eu.intercom.io, in Australia: "
            "https://api.au.intercom.io."
        ),
        default="https://api.intercom.io",
    )
