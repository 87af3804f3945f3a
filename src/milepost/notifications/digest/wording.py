"""A digest in words, in the reader's language: the active one."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from milepost.calendars.working_time import days_worked
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.formats.values import value
from milepost.goals.pace import NAMES as PACES
from milepost.goals.pace import Pace
from milepost.goals.status import NAMES as STATUSES
from milepost.goals.status import Status
from milepost.metrics.metric import Direction
from milepost.metrics.rounding import rounded
from milepost.notifications.digest.content import Bar, Content, Shown, Worth
from milepost.notifications.digest.reading import FINISHED, About, Reading
from milepost.people.models import User
from milepost.progress.filters import NEEDS_ATTENTION
from milepost.progress.rows import MET, Row

SIGNS: Final = {Pace.AHEAD: "↑", Pace.ON_PACE: "→", Pace.BEHIND: "↓", Pace.AT_RISK: "!", Pace.TOO_EARLY: "·"}
DONE: Final = {Status.ACHIEVED: "✓", Status.EXCEEDED: "✓", Status.MISSED: "✕"}
# The bar is a fifth longer than the larger of value and target, so that what is past the target has room.
ROOM: Final = Decimal("1.2")
TENTH: Final = Decimal("0.1")


def content(reading: Reading, user: User, *, now: datetime, zone: ZoneInfo) -> Content | None:
    """What there is to say; None where nothing runs and nothing has ended in the week."""
    if not reading.rows:
        return None
    measured = [row.measured_at for row in reading.shown if row.measured_at is not None]
    return Content(
        language=get_language() or "",
        to=_("To %(name)s. %(moment)s") % {"name": user.name, "moment": dates.moment(now, zone)},
        headline=_headline(reading, now, zone),
        second=_second(reading),
        goals=[_shown(row, now, zone) for row in reading.shown],
        worth=[_worth(row) for row in reading.people],
        button=_button(reading),
        button_path=_button_path(reading),
        because=_because(reading),
        calculated=_("Numbers as of %(moment)s.") % {"moment": dates.moment(max(measured), zone)} if measured else "",
    )


def _headline(reading: Reading, now: datetime, zone: ZoneInfo) -> str:
    first = reading.rows[0]
    said = {"name": first.contributor, "goal": first.goal_name}
    if first.pace in NEEDS_ATTENTION:
        left = _left(first, now, zone)
        said |= {"count": number(left), "amount": _behind(first, now)}
        return (_short_of_pace(left) if said["amount"] else _at_risk(first.pace, left)) % said
    running = [row for row in reading.rows if row.status is Status.IN_PROGRESS]
    if not running:
        return _reached(reading, now) or _("The goals of the past week have ended")
    text = ngettext(
        "%(count)s goal runs, and it is not behind", "%(count)s goals run, and none is behind", len(running)
    )
    return text % {"count": number(len(running))}


def _reached(reading: Reading, now: datetime) -> str:
    """Where all that still runs has come to its target."""
    count = sum(row.span.start <= now < row.span.end for row in reading.rows)
    text = ngettext(
        "%(count)s goal runs, and its target is reached", "%(count)s goals run, and all targets are reached", count
    )
    return text % {"count": number(count)} if count else ""


def _short_of_pace(left: int) -> str:
    return ngettext(
        "%(name)s is %(amount)s behind on “%(goal)s”, with %(count)s working day to go",
        "%(name)s is %(amount)s behind on “%(goal)s”, with %(count)s working days to go",
        left,
    )


def _at_risk(pace: Pace | None, left: int) -> str:
    if pace is Pace.AT_RISK:
        return ngettext(
            "“%(goal)s” is at risk for %(name)s, with %(count)s working day to go",
            "“%(goal)s” is at risk for %(name)s, with %(count)s working days to go",
            left,
        )
    return ngettext(
        "“%(goal)s” is behind for %(name)s, with %(count)s working day to go",
        "“%(goal)s” is behind for %(name)s, with %(count)s working days to go",
        left,
    )


def _second(reading: Reading) -> str:
    paces = [row.pace for row in reading.rows if row.status is Status.IN_PROGRESS]
    if not paces:
        return ""
    return _("Ahead: %(ahead)s. On pace: %(on_pace)s. Behind or at risk: %(short)s. Too early to say: %(early)s.") % {
        "ahead": number(paces.count(Pace.AHEAD)),
        "on_pace": number(paces.count(Pace.ON_PACE)),
        "short": number(sum(pace in NEEDS_ATTENTION for pace in paces)),
        "early": number(sum(pace in {Pace.TOO_EARLY, None} for pace in paces)),
    }


def _shown(row: Row, now: datetime, zone: ZoneInfo) -> Shown:
    running = row.status is Status.IN_PROGRESS and row.pace is not None
    return Shown(
        name=_("%(goal)s (%(name)s)") % {"goal": row.goal_name, "name": row.contributor},
        sign=SIGNS[row.pace] if running and row.pace else DONE.get(row.status, ""),
        word=_(PACES[row.pace]) if running and row.pace else _(STATUSES[row.status]),
        actual="–" if row.shown is None else value(row.shown, row.measure.unit),
        wished=_wished(row),
        bar=_bar(row),
        line=_line(row, now, zone),
        path=_path(row),
    )


def _wished(row: Row) -> str:
    wished = {"target": value(row.wished or Decimal(0), row.measure.unit)}
    if row.measure.direction is Direction.LOWER:
        return _("limit %(target)s") % wished
    return _("of %(target)s") % wished


def _bar(row: Row) -> Bar | None:
    if row.shown is None or row.wished is None:
        return None
    whole = max(row.shown, row.wished) * ROOM
    if not whole:
        return None
    filled, target = (int(one * 100 / whole) for one in (row.shown, row.wished))
    return Bar(min(filled, target), max(target - filled, 0), max(filled - target, 0), met=row.status in MET)


def _line(row: Row, now: datetime, zone: ZoneInfo) -> str:
    """What is needed from here of a count, and how far an average is from its target."""
    if row.status in FINISHED and row.span.end <= now:
        return _("Ended on %(day)s.") % {"day": dates.day_of_year(row.after_day - timedelta(days=1))}
    if row.shown is None or row.wished is None:
        return _("Nothing was measured yet.")
    gap = row.wished - row.shown
    left = _left(row, now, zone)
    if row.expected(now) is not None and row.measure.direction is Direction.HIGHER and gap > 0 and left:
        needed = (gap / left).quantize(TENTH, rounding=ROUND_HALF_UP)
        return _("Needs %(amount)s a day.") % {"amount": number(needed)}
    return _distance(row, gap)


def _distance(row: Row, gap: Decimal) -> str:
    words = {"amount": value(abs(gap), row.measure.unit), "count": number(row.sample)}
    if not gap:
        return _("Exactly on target.")
    if row.measure.direction is Direction.LOWER:
        if gap > 0:
            text = ngettext(
                "%(amount)s under the limit over %(count)s ticket.",
                "%(amount)s under the limit over %(count)s tickets.",
                row.sample,
            )
        else:
            text = ngettext(
                "%(amount)s over the limit over %(count)s ticket.",
                "%(amount)s over the limit over %(count)s tickets.",
                row.sample,
            )
        return text % words
    return (_("%(amount)s to go.") if gap > 0 else _("%(amount)s over the target.")) % words


def _worth(row: Row) -> Worth:
    said = {"name": row.contributor, "goal": row.goal_name, "actual": "–", "target": ""}
    if row.shown is not None and row.wished is not None:
        said |= {"actual": value(row.shown, row.measure.unit), "target": value(row.wished, row.measure.unit)}
    at_risk = row.pace is Pace.AT_RISK
    fact = _("%(name)s is at risk in “%(goal)s”.") if at_risk else _("%(name)s is behind in “%(goal)s”.")
    return Worth(fact % said, _("%(actual)s so far, target %(target)s.") % said, _("See the tickets"), _path(row))


def _behind(row: Row, now: datetime) -> str:
    """By how much a count is behind what is expected by now; empty where that says nothing."""
    expected = row.expected(now)
    if expected is None or row.shown is None or row.measure.direction is Direction.LOWER:
        return ""
    gap = rounded(Fraction(expected), row.measure.unit, target=row.wished) - row.shown
    return value(gap, row.measure.unit) if gap > 0 else ""


def _left(row: Row, now: datetime, zone: ZoneInfo) -> int:
    """Days with working time left; where no calendar is set every day works."""
    if row.clock is None:
        return max((row.after_day - now.astimezone(zone).date()).days, 0)
    return days_worked(row.clock, row.first_day, row.after_day, zone=zone, now=int(now.timestamp())).left


def _path(row: Row) -> str:
    return reverse("target", args=[row.goal, row.first_day.isoformat(), row.contributor_id])


def _button(reading: Reading) -> str:
    if reading.about is About.LED and len(reading.teams) == 1:
        return _("Open %(team)s") % {"team": reading.teams[0].name}
    return _("Open your goals")


def _button_path(reading: Reading) -> str:
    if reading.about is About.LED and len(reading.teams) == 1:
        return reverse("team", args=[reading.teams[0].pk])
    return reverse("goals")


def _because(reading: Reading) -> str:
    match reading.about:
        case About.TEAMS:
            return _("You get this on Mondays because you manage support.")
        case About.LED:
            return _("You get this on Mondays because you lead a team.")
        case About.OWN:
            return _("You get this on Mondays because these are your goals.")
