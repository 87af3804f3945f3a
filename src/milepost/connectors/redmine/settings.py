"""What it takes to read a Redmine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, server_address, setting
from milepost.tickets.columns import Category

# As Redmine names them at first, in English and in Polish; the server tells which others are closed, which is first.
STATUSES: Final = {
    "resolved": Category.RESOLVED,
    "rozwiązany": Category.RESOLVED,
    "feedback": Category.WAITING_CUSTOMER,
    "odpowiedź": Category.WAITING_CUSTOMER,
}


@dataclass(frozen=True)
class Settings:
    """A server, a user of it that may read, and which of its projects are for support."""

    address: str = server_address()
    token: str = setting(
        Kind.SECRET,
        gettext_noop("API key"),
        hint=gettext_noop(
            "In Redmine: My account, API access key, of a user whose role may view issues and members and nothing else."
        ),
    )
    projects: str = setting(
        Kind.TEXT,
        gettext_noop("Projects"),
        hint=gettext_noop("Their identifiers, with commas between. Empty: every project that the key can see."),
        default="",
    )
    roles: str = setting(
        Kind.TEXT,
        gettext_noop("Roles of agents"),
        hint=gettext_noop("With commas between. Empty: the roles that may edit issues."),
        default="",
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop(
            "What the statuses mean, one on each line. Of those that are not here, the closed ones are closed, the "
            "first one of a tracker is new, the others are open."
        ),
    )
