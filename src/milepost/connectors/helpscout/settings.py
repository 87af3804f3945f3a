"""What it takes to read a Help Scout account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, names_of_bots, setting
from milepost.tickets.columns import Category

# What is spam counts nowhere; it is no status here.
STATUSES: Final = {"active": Category.OPEN, "pending": Category.WAITING_CUSTOMER, "closed": Category.CLOSED}


@dataclass(frozen=True)
class Settings:
    """An app of a user of the account, which may read whatever that user may."""

    app: str = setting(
        Kind.TEXT, gettext_noop("App ID"), hint=gettext_noop("In Help Scout: Your Profile, My Apps, Create My App.")
    )
    secret: str = setting(
        Kind.SECRET,
        gettext_noop("App Secret"),
        hint=gettext_noop("Of the same app. The user whose app it is must be active and see every inbox that counts."),
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES, hint=gettext_noop("What the statuses mean, one on each line: active, pending and closed.")
    )
    bots: str = names_of_bots()
    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop("Where Help Scout answers programs."),
        default="https://api.helpscout.net",
    )
