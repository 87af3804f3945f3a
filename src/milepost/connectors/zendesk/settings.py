"""What it takes to read a Zendesk account."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, bots, import_from, meanings, setting, words
from milepost.tickets.columns import Category

# What Zendesk calls its own statuses; a status of one's own belongs to one of them.
STATUSES: Final = {
    "new": Category.NEW,
    "open": Category.OPEN,
    "pending": Category.WAITING_CUSTOMER,
    "hold": Category.ON_HOLD,
    "solved": Category.RESOLVED,
    "closed": Category.CLOSED,
}
FORMS: Final = "forms"


@dataclass(frozen=True)
class Settings:
    """Where the account is, a token of an administrator, and what divides its tickets."""

    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop("The address of the account: https://example.zendesk.com, say."),
    )
    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop(
            "In Zendesk: an OAuth access token of an administrator with the scope “read”, or an API token."
        ),
    )
    email: str = setting(
        Kind.TEXT,
        gettext_noop("E-mail address"),
        hint=gettext_noop("With an API token alone: that of the administrator who uses it."),
        default="",
    )
    pipelines: str = setting(
        Kind.TEXT,
        gettext_noop("Pipelines"),
        hint=gettext_noop("What divides your tickets: “forms”, “brands” or “groups”."),
        default=FORMS,
    )
    bots: str = bots()
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(
        STATUSES,
        hint=gettext_noop(
            "What the statuses mean, one on each line. A custom status that is not here means what its category does."
        ),
    )

    @property
    def robots(self) -> frozenset[str]:
        """The names of the bots, compared without case."""
        return words(self.bots)

    @property
    def signing_in(self) -> Mapping[str, str]:
        """The header that lets us in."""
        if not self.email:
            return {"Authorization": f"Bearer {self.token}"}
        pair = b64encode(f"{self.email}/token:{self.token}".encode())
        return {"Authorization": f"Basic {pair.decode('ascii')}"}
