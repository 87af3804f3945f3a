"""What it takes to read a HubSpot account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, setting, words
from milepost.tickets.columns import Category

# As HubSpot names it at first; the account tells which stages are closed, and which is first.
STATUSES: Final = {"waiting on contact": Category.WAITING_CUSTOMER}


@dataclass(frozen=True)
class Settings:
    """A private app of the account, and which pipelines are for support."""

    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop("In HubSpot: the access token of a private app that may read tickets and owners."),
    )
    pipelines: str = setting(
        Kind.TEXT,
        gettext_noop("Pipelines"),
        hint=gettext_noop("Their names, with commas between. Empty: every pipeline of tickets."),
        default="",
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop(
            "What the stages mean, one on each line. Of those that are not here, the closed ones are closed, the first "
            "one of a pipeline is new, the others are open."
        ),
    )
    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop("Where HubSpot answers programs; the same for all accounts."),
        default="https://api.hubapi.com",
    )

    @property
    def wanted(self) -> frozenset[str]:
        """The names of the pipelines, compared without case."""
        return words(self.pipelines)
