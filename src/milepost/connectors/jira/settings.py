"""What it takes to read a Jira Service Management."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, setting, words
from milepost.tickets.columns import Category

# As its templates name them; of all others the category of the status tells.
STATUSES: Final = {
    "waiting for customer": Category.WAITING_CUSTOMER,
    "pending": Category.ON_HOLD,
    "waiting for approval": Category.ON_HOLD,
    "resolved": Category.RESOLVED,
}


@dataclass(frozen=True)
class Settings:
    """A site, and an account of it that may read its service projects."""

    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop("The address of the site, such as https://example.atlassian.net."),
    )
    email: str = setting(
        Kind.TEXT,
        gettext_noop("E-mail of the account"),
        hint=gettext_noop("The account that the token was made with."),
    )
    token: str = setting(
        Kind.SECRET,
        gettext_noop("API token"),
        hint=gettext_noop(
            "In the Atlassian account: Security, API tokens, of an account that may browse the service projects and "
            "no more."
        ),
    )
    projects: str = setting(
        Kind.TEXT,
        gettext_noop("Service projects"),
        hint=gettext_noop("Their keys or names, with commas between. Empty: all that the account may browse."),
        default="",
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop(
            "What the statuses mean, one on each line. Those that are not here mean what their category says: to do is "
            "new, in progress is open, done is closed."
        ),
    )

    @property
    def wanted(self) -> frozenset[str]:
        """The keys and names of the projects, compared without case."""
        return words(self.projects)
