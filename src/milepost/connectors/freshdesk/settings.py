"""What it takes to read a Freshdesk account."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, import_from, meanings, setting
from milepost.tickets.columns import Category

# As Freshdesk names them at first.
STATUSES: Final = {
    "open": Category.OPEN,
    "pending": Category.WAITING_CUSTOMER,
    "resolved": Category.RESOLVED,
    "closed": Category.CLOSED,
    "waiting on customer": Category.WAITING_CUSTOMER,
    "waiting on third party": Category.ON_HOLD,
}


@dataclass(frozen=True)
class Settings:
    """Where the account is, the key of an agent, and what divides its tickets."""

    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Server address"),
        hint=gettext_noop("The address of the account: https://example.freshdesk.com, say."),
    )
    token: str = setting(
        Kind.SECRET,
        gettext_noop("API key"),
        hint=gettext_noop("In Freshdesk: of an agent who sees all tickets, under Profile settings."),
    )
    pipelines: str = setting(
        Kind.TEXT,
        gettext_noop("Pipelines"),
        hint=gettext_noop("What divides your tickets: “products”, “types” or “groups”."),
        default="products",
    )
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(STATUSES)

    @property
    def signing_in(self) -> Mapping[str, str]:
        """The header that lets us in: the key is the name of a user, whose password does not matter."""
        pair = b64encode(f"{self.token}:X".encode())
        return {"Authorization": f"Basic {pair.decode('ascii')}"}
