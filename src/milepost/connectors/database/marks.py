"""Values of a database as it has them, kept in a cursor: compared there, they keep their own order."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.table.values import as_text

# A mark as JSON: a sign for its type, and its text.
Mark = list[str]

READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "text": str,
    "whole": int,
    "real": float,
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "uuid": UUID,
    "bytes": bytes.fromhex,
}
# A moment as text; what stands before and behind its seconds stays.
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


def kept(value: Any) -> Mark:
    """A value as a mark."""
    match value:
        case datetime():
            return ["moment", value.isoformat()]
        case date():
            return ["day", value.isoformat()]
        case int():
            return ["whole", str(int(value))]
        case bytes():
            return ["bytes", value.hex()]
        case float():
            return ["real", repr(value)]
        case str() | Decimal() | UUID():
            signs = {str: "text", Decimal: "decimal", UUID: "uuid"}
            return [next(sign for kind, sign in signs.items() if isinstance(value, kind)), str(value)]
    raise SourceFailed(
        gettext_noop("Tickets cannot be put in order by a column of the type %(type)s."),
        permanent=True,
        type=type(value).__name__,
    )


def value(mark: Mark) -> Any:
    """The value of a mark."""
    sign, text = mark
    return READ[sign](text)


def like(sample: Any, text: str) -> Any:
    """A text as a value of the type of the sample; None where it is none of that type."""
    try:
        return value([kept(sample)[0], text])
    except (ArithmeticError, ValueError):
        return None


def earlier(at: Any, seconds: int) -> Any:
    """A moment some seconds earlier, as the database has it; what is no moment stays as it is."""
    if isinstance(at, datetime):
        return at - timedelta(seconds=seconds)
    found = MOMENT.match(at) if isinstance(at, str) else None
    if found is None:
        return at
    moment = datetime.fromisoformat(found.group()) - timedelta(seconds=seconds)
    return moment.isoformat(sep=found.group()[10]) + at[found.end() :]


def moment_like(sample: Any, at: datetime, zone: ZoneInfo) -> Any:
    """A moment as the database writes them; the sample where it has none."""
    match sample:
        case datetime(tzinfo=None):
            return at.astimezone(zone).replace(tzinfo=None)
        case datetime():
            return at
        case date():
            return at.astimezone(zone).date()
    found = MOMENT.match(sample) if isinstance(sample, str) else None
    if found is None:
        return sample
    # What stands behind the seconds may be a zone, which is mostly that of UTC.
    told = at.astimezone(UTC if sample[found.end() :].lstrip(".0123456789") else zone)
    return told.replace(tzinfo=None).isoformat(sep=found.group()[10], timespec="seconds")


def cell(value: Any) -> str:
    """A value as a cell of a table."""
    match value:
        case bytes():
            return value.decode(errors="surrogateescape")
        case Decimal() if value == value.to_integral_value():
            return str(int(value))
        case datetime():
            return value.isoformat()
        case _:
            return as_text(value)
