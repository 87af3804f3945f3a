"""History as a reader is told it: who, when, what, from what to what, and why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.history.models import Change
from milepost.people.roles import NAMES, Role

VERBS: Final = {
    "created": gettext_noop("Added"),
    "changed": gettext_noop("Changed"),
    "loaded": gettext_noop("Loaded"),
    "removed": gettext_noop("Removed"),
    "brought back": gettext_noop("Brought back"),
    "calendar connected": gettext_noop("Calendar connected"),
    "calendar disconnected": gettext_noop("Calendar disconnected"),
    "followed": gettext_noop("Calendar read"),
    "left": gettext_noop("Membership removed"),
    "deactivated": gettext_noop("Deactivated"),
    "reactivated": gettext_noop("Reactivated"),
    "forgot password of": gettext_noop("New sign-in link made"),
    "set password of": gettext_noop("Password set"),
    "connected": gettext_noop("Connected"),
    "reconnected": gettext_noop("Connected again"),
    "disconnected": gettext_noop("Disconnected"),
    "allowed": gettext_noop("Reading allowed"),
    "matched": gettext_noop("Matched"),
    "separated": gettext_noop("Separated"),
    "kept apart": gettext_noop("Kept apart"),
}
FIELDS: Final = {
    "name": gettext_noop("Name"),
    "email": gettext_noop("E-mail"),
    "role": gettext_noop("Role"),
    "seat": gettext_noop("Seat"),
    "person": gettext_noop("Person"),
    "team": gettext_noop("Team"),
    "since": gettext_noop("From"),
    "until": gettext_noop("To"),
    "last_day": gettext_noop("To"),
    "host": gettext_noop("Calendar"),
    "new": gettext_noop("New absences"),
    "gone": gettext_noop("Absences that are gone"),
    "leads": gettext_noop("Leads the team"),
    "agent": gettext_noop("Agent at the source"),
    "group": gettext_noop("Group at the source"),
    "deactivated": gettext_noop("Deactivated"),
    "reactivated": gettext_noop("Reactivated"),
}


@dataclass(frozen=True)
class Entry:
    """One change."""

    at: str
    who: str
    what: str
    thing: str
    values: list[tuple[str, str, str]]
    reason: str


def entries(changes: Iterable[Change], zone: ZoneInfo, *, fields: Callable[[str], str] | None = None) -> list[Entry]:
    """Changes, newest first as they come. `fields` names what `FIELDS` does not."""
    return [
        Entry(
            at=dates.moment(change.at, zone),
            who=change.actor_name,
            what=_(VERBS.get(change.verb, change.verb)),
            thing=change.thing_name,
            values=_values(change, zone, fields or (lambda name: name)),
            reason=change.reason,
        )
        for change in changes
    ]


def _values(change: Change, zone: ZoneInfo, fields: Callable[[str], str]) -> list[tuple[str, str, str]]:
    before, after = change.before or {}, change.after or {}
    names = dict.fromkeys([*before, *after])
    return [
        (
            _(FIELDS[name]) if name in FIELDS else fields(name),
            _text(before[name], zone) if name in before else "",
            _text(after[name], zone) if name in after else "",
        )
        for name in names
        if before.get(name) != after.get(name)
    ]


def _text(value: Any, zone: ZoneInfo) -> str:
    match value:
        case None | "":
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case str() if value in set(Role):
            return _(NAMES[Role(value)])
        case str():
            return _moment(value, zone)
    return str(value)


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return dates.moment(at, zone) if at.tzinfo else text
