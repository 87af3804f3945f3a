"""What a connector must be told. The form, the prompts of the command line and the documentation are made from it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, Self
from urllib.parse import urlsplit

from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import databases
from milepost.tickets.columns import Category

LONGEST: Final = 4_000
LONGEST_QUERY: Final = 20_000
# How far back a first import goes where no day is told.
TWO_YEARS: Final = timedelta(days=730)
OTHERS_ARE_OPEN: Final = gettext_noop("What the statuses mean, one on each line. Those that are not here are open.")
NO_ADDRESS: Final = gettext_noop("“%(address)s” is not the address of a server. Write it as https://desk.example.org.")


class Kind(StrEnum):
    """How a setting is asked for and kept."""

    ADDRESS = "address"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the kind, not a secret
    DAY = "day"
    DATABASE = "database"
    QUERY = "query"
    STATUSES = "statuses"


@dataclass(frozen=True)
class Setting:
    """One thing to be told. `label` and `hint` are texts of the catalogue; without a default it must be told."""

    key: str
    kind: Kind
    label: str
    hint: str
    default: Any = MISSING

    @classmethod
    def of(cls, settings: type) -> tuple[Self, ...]:
        """The settings of a connector, in their order."""
        return tuple(
            cls(key=one.name, default=_default(one), **one.metadata["setting"]) for one in dataclasses.fields(settings)
        )

    @property
    def is_required(self) -> bool:
        """Whether it must be told."""
        return self.default is MISSING

    @property
    def is_secret(self) -> bool:
        """Whether it is kept encrypted and never shown again."""
        return self.kind is Kind.SECRET


def setting(kind: Kind, label: str, *, hint: str = "", default: Any = MISSING, factory: Any = MISSING) -> Any:
    """A field of a settings dataclass. A secret stays out of every text."""
    return dataclasses.field(
        default=default,
        default_factory=factory,
        repr=kind is not Kind.SECRET,
        metadata={"setting": {"kind": kind, "label": label, "hint": hint}},
    )


def server_address() -> Any:
    """The setting of a help desk that one opens in a browser."""
    return setting(Kind.ADDRESS, gettext_noop("Server address"), hint=gettext_noop("The address of its start page."))


def import_from() -> Any:
    """The setting of how far back the first import goes; None is `TWO_YEARS`."""
    hint = gettext_noop("Tickets created before this day are left out. Empty: 24 months back.")
    return setting(Kind.DAY, gettext_noop("Import tickets from"), hint=hint, default=None)


def first_day(since: date | None) -> date:
    """The day from which on tickets are imported."""
    return since or (clock.now() - TWO_YEARS).date()


def first_second(since: date | None) -> int:
    """The moment from which on tickets are imported: the beginning of that day, in UTC."""
    return int(datetime.combine(first_day(since), time(), UTC).timestamp())


def meanings(of: Mapping[str, Category], *, hint: str = OTHERS_ARE_OPEN) -> Any:
    """The setting of what the statuses mean, with what they mean at first."""
    return setting(Kind.STATUSES, gettext_noop("Statuses"), hint=hint, factory=lambda: dict(of))


def bots() -> Any:
    """The setting of which users are programs."""
    hint = gettext_noop("Names of users that are programs, with commas between. What they write is no reply.")
    return setting(Kind.TEXT, gettext_noop("Names of bots"), hint=hint, default="")


def words(text: str) -> frozenset[str]:
    """What stands between the commas, to be compared without case."""
    return frozenset(word.strip().casefold() for word in text.split(",") if word.strip())


def database_address() -> Any:
    """The setting of where a database is."""
    hint = gettext_noop("Without the password: postgresql://reader@db.example.org/desk, mysql://… or sqlite:///….")
    return setting(Kind.DATABASE, gettext_noop("Address of the database"), hint=hint)


def database_password() -> Any:
    """The setting of a password; a file has none."""
    hint = gettext_noop("Of a user who may only read. A file of SQLite has none.")
    return setting(Kind.SECRET, gettext_noop("Password"), hint=hint, default="")


def database_zone() -> Any:
    """The setting of how moments without a zone are meant."""
    hint = gettext_noop("Of moments that carry none, as Europe/Warsaw. Empty: UTC.")
    return setting(Kind.TEXT, gettext_noop("Time zone"), hint=hint, default="UTC")


def read(settings: type, told: Mapping[str, str]) -> Any:
    """The settings as they were typed, or as they are kept; refuses with a sentence what cannot be one."""
    values = {}
    for one in Setting.of(settings):
        text = told.get(one.key, "").strip()
        if text:
            values[one.key] = READERS[one.kind](text)
        elif one.is_required:
            raise Refused(gettext_noop("Something is missing: %(label)s."), label=one.label, setting=one.key)
    return settings(**values)


def kept(settings: Any) -> dict[str, str]:
    """The settings as texts that `read` understands."""
    return {one.key: as_text(getattr(settings, one.key)) for one in Setting.of(type(settings))}


def address(text: str) -> str:
    """The address of a server, with https:// where nothing is said; its path may lead to the help desk."""
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError as error:
        raise Refused(NO_ADDRESS, address=text) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or parts.username or parts.query:
        raise Refused(NO_ADDRESS, address=text)
    return whole.rstrip("/")


def statuses(text: str) -> dict[str, Category]:
    """What statuses mean, one on each line: `stalled = waiting_customer`. Names are compared without case."""
    meanings = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, word = line.rpartition("=")
        if not equals or word.strip() not in {category.value for category in Category}:
            raise Refused(
                gettext_noop(
                    "“%(line)s” says nothing. Write it as “stalled = waiting_customer”; the words are %(words)s."
                ),
                line=line,
                words=", ".join(category.value for category in Category),
            )
        meanings[name.strip().casefold()] = Category(word.strip())
    return meanings


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(gettext_noop("“%(text)s” is not a date. Write it as 2026-11-30."), text=text) from error


def _line(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise Refused(gettext_noop("A text here is one line of up to 4,000 characters."))
    return text


def _query(text: str) -> str:
    if len(text) > LONGEST_QUERY:
        raise Refused(gettext_noop("A query may have up to 20,000 characters."))
    return text


READERS: Final[Mapping[Kind, Any]] = {
    Kind.ADDRESS: address,
    Kind.TEXT: _line,
    Kind.SECRET: _line,
    Kind.DAY: _day,
    Kind.DATABASE: databases.address,
    Kind.QUERY: _query,
    Kind.STATUSES: statuses,
}


def as_text(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {category.value}" for name, category in value.items())
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _default(one: "dataclasses.Field[Any]") -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()
