"""What it takes to read a django-helpdesk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.settings import Kind, bots, import_from, meanings, setting
from milepost.tickets.columns import Category

# As django-helpdesk names them in English; whatever is not here is open.
STATUSES: Final = {
    "open": Category.OPEN,
    "reopened": Category.OPEN,
    "resolved": Category.RESOLVED,
    "closed": Category.CLOSED,
    "duplicate": Category.CLOSED,
}


@dataclass(frozen=True)
class Settings:
    """Where the project answers, a user of it that may view tickets, and which users are programs."""

    address: str = setting(
        Kind.ADDRESS,
        gettext_noop("Address to read from"),
        hint=gettext_noop("Where milepost_reading.py answers in your project: https://desk.example.org/milepost, say."),
    )
    token: str = setting(
        Kind.SECRET,
        gettext_noop("Access token"),
        hint=gettext_noop("Of a user who is no staff and may view tickets: manage.py drf_create_token makes it."),
    )
    bots: str = bots()
    since: date | None = import_from()
    statuses: Mapping[str, Category] = meanings(STATUSES)
