"""A row of the overview in words: what its cells say to readers and to listeners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from milepost.account.models import Account
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.formats.values import narrow_value, spoken_value, value
from milepost.goals.finality import Moment
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.metrics.metric import NEEDS_SAMPLE, Aggregate, Direction
from milepost.progress.rows import LAST, Row
from milepost.web.avatars import Avatar, of_person
from milepost.web.charts.bullet import Bar, bullet
from milepost.web.charts.last_six import last_six
from milepost.web.goals.final_words import tag

FINISHED: Final = {Status.ACHIEVED: Bar.MET, Status.EXCEEDED: Bar.MET, Status.MISSED: Bar.MISSED}
DASH: Final = "–"


@dataclass(frozen=True)
class Distance:
    """How far a value is from its target or from an even pace; `short` where it is on the wrong side at the end."""

    text: str
    short: bool = False


@dataclass(frozen=True)
class Labels:
    """What the controls of a row are called by those who hear them."""

    select: str
    details: str
    editing: str
    more: str


@dataclass(frozen=True)
class Worded:
    """All that a row says."""

    # As text: a template would write a number as its language does.
    target: str
    contributor: str
    name: str
    is_team: bool
    adjusted: bool
    status: Status
    pace: Pace | None
    avatar: Avatar
    wished: str
    wished_spoken: str
    actual: str
    distance: Distance
    bullet: SafeString
    last: SafeString
    stopped: str
    # That it is provisional or reopened.
    standing: str
    final: bool
    labels: Labels


def worded(row: Row, account: Account, *, now: datetime) -> Worded:
    """The row in the reader's language."""
    zone, minimum_sample = ZoneInfo(account.zone), account.minimum_sample
    expected = row.expected(now) if row.pace is not Pace.TOO_EARLY and row.stopped_at is None else None
    return Worded(
        target=str(row.target),
        contributor=str(row.contributor_id),
        name=row.contributor,
        is_team=row.is_team,
        adjusted=row.adjusted,
        status=row.status,
        pace=row.pace,
        avatar=of_person(row.contributor, row.contributor_id),
        wished=wished(row),
        wished_spoken=wished_spoken(row),
        actual=actual(row),
        distance=_distance(row, expected, now=now, minimum_sample=minimum_sample),
        bullet=bullet(
            row.shown,
            row.wished,
            row.measure.direction,
            _bar(row),
            label=_bullet_label(row),
            expected=expected,
        ),
        last=last_six(row.last, label=_last_label(row)),
        stopped=_stopped(row, zone),
        standing=tag(
            row.moment,
            reopened=row.reopened,
            measure=row.measure,
            end=row.span.end,
            account=account,
            now=now,
            behind=row.behind,
        ),
        final=row.moment is Moment.FINAL,
        labels=_labels({"contributor": row.contributor, "goal": row.goal_name}),
    )


def spoken(amount: Decimal | None, row: Row) -> str:
    """An amount for listeners."""
    return _("no value") if amount is None else spoken_value(amount, row.measure.unit)


def actual(row: Row) -> str:
    """What was reached, for the eye."""
    return DASH if row.shown is None else value(row.shown, row.measure.unit)


def wished(row: Row) -> str:
    """What is wished, for the eye."""
    if row.wished is None:
        return DASH
    sign = "≥" if row.measure.direction is Direction.HIGHER else "≤"
    return f"{sign}\u00a0{narrow_value(row.wished, row.measure.unit)}"


def wished_spoken(row: Row) -> str:
    """What is wished, for listeners."""
    if row.wished is None:
        return _("No target set")
    if row.measure.direction is Direction.HIGHER:
        return _("at least %(target)s") % {"target": spoken(row.wished, row)}
    return _("at most %(target)s") % {"target": spoken(row.wished, row)}


def _labels(names: Mapping[str, str]) -> Labels:
    return Labels(
        select=_("Select %(contributor)s, %(goal)s") % names,
        details=_("View details of %(contributor)s") % names,
        editing=_("Edit goal of %(contributor)s") % names,
        more=_("More about %(contributor)s") % names,
    )


def _bar(row: Row) -> Bar:
    if row.stopped_at is not None:
        return Bar.STOPPED
    return FINISHED.get(row.status, Bar.RUNNING)


def _distance(row: Row, expected: Fraction | None, *, now: datetime, minimum_sample: int) -> Distance:
    match row.status:
        case Status.PENDING:
            return Distance(_("not started") if now < row.span.start else _("not measured yet"))
        case Status.NO_DATA:
            return Distance(_no_data(row, minimum_sample))
        case Status.NOT_SET:
            return Distance(_("no target set"))
    if row.shown is None or row.wished is None:
        return Distance(_("nothing to measure yet"))
    if expected is not None and row.status is Status.IN_PROGRESS:
        return Distance(_against_pace(row, expected))
    return _against_target(row.shown, row.wished, row)


def _against_pace(row: Row, expected: Fraction) -> str:
    by_now = (Decimal(expected.numerator) / Decimal(expected.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    gap = (row.shown or Decimal(0)) - by_now
    if row.measure.direction is Direction.LOWER:
        gap = -gap
    if gap == 0:
        return pgettext("distance of a count", "on pace")
    amount = {"amount": value(abs(gap), row.measure.unit)}
    return _("%(amount)s ahead of pace") % amount if gap > 0 else _("%(amount)s behind pace") % amount


def _against_target(shown: Decimal, wished: Decimal, row: Row) -> Distance:
    gap = shown - wished
    amount = {"amount": value(abs(gap), row.measure.unit)}
    missed = row.status is Status.MISSED
    match row.measure.direction, (gap > 0) - (gap < 0):
        case Direction.HIGHER, 0:
            text = _("exactly on target")
        case Direction.HIGHER, 1:
            text = _("%(amount)s over target") % amount
        case Direction.HIGHER, _short:
            return Distance((_("%(amount)s short") if missed else _("%(amount)s to go")) % amount, short=missed)
        case Direction.LOWER, 0:
            text = _("exactly at the limit")
        case Direction.LOWER, -1:
            text = _("%(amount)s under limit") % amount
        case _lower_over:
            return Distance(_("%(amount)s over limit") % amount, short=missed)
    return Distance(text)


def _no_data(row: Row, minimum_sample: int) -> str:
    """Why there is nothing to judge."""
    if row.stopped_at is not None:
        return _("stopped before the end")
    if row.measure.aggregate in NEEDS_SAMPLE:
        text = ngettext("%(count)s ticket, %(needed)s needed", "%(count)s tickets, %(needed)s needed", row.sample)
        return text % {"count": number(row.sample), "needed": number(max(minimum_sample, 1))}
    if row.measure.aggregate is Aggregate.COUNT and row.measure.direction is Direction.HIGHER:
        return _("not covered by the sources")
    return _("nothing was done, or not covered")


def _bullet_label(row: Row) -> str:
    parts = {"actual": spoken(row.shown, row), "target": wished_spoken(row), "progress": f"{row.progress}%"}
    if row.progress is None:
        return _("Actual: %(actual)s. Target: %(target)s.") % parts
    return _("Actual: %(actual)s. Target: %(target)s. Progress: %(progress)s.") % parts


def _last_label(row: Row) -> str:
    judged = [past for past in row.last if past is not None]
    if not judged:
        return _("None of the last %(last)s periods was judged.") % {"last": LAST}
    met = sum(past.met for past in judged)
    text = ngettext(
        "Target met in %(met)s of %(count)s period before.",
        "Target met in %(met)s of %(count)s periods before.",
        len(judged),
    )
    return text % {"met": met, "count": len(judged)}


def _stopped(row: Row, zone: ZoneInfo) -> str:
    if row.stopped_at is None:
        return ""
    return _("Stopped since %(day)s") % {"day": dates.day_of_year(row.stopped_at.astimezone(zone).date())}
