"""What is said of results that are provisional, final or reopened, and of what they wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.formats import dates
from milepost.goals.finality import Moment
from milepost.goals.models import Goal
from milepost.metrics.question import Measure
from milepost.progress import verdicts
from milepost.progress.goal_queries import Cell
from milepost.progress.reopening import Wait
from milepost.web.goals import amounts


@dataclass(frozen=True)
class Said:
    """A sentence about how final a result is, and what the reader may do about it: where, and in which words."""

    sentence: str
    act: str = ""
    address: str = ""
    warning: bool = False


def tag(
    moment: Moment,
    *,
    reopened: bool,
    measure: Measure,
    end: datetime,
    account: Account,
    now: datetime,
    behind: Sequence[str] = (),
) -> str:
    """What stands beside a status that may still move: until when, or for which sources it waits."""
    if reopened:
        return _("Reopened")
    if moment is not Moment.PROVISIONAL:
        return ""
    due = verdicts.closing(measure, end, account).due
    if now >= due:
        return _("Waiting for %(sources)s") % {"sources": ", ".join(behind)} if behind else _("Provisional")
    return _("Provisional until %(day)s") % {"day": dates.day_of_year(due.astimezone(ZoneInfo(account.zone)).date())}


def tag_of(cell: Cell, account: Account) -> str:
    """The same for a cell."""
    return tag(
        cell.moment,
        reopened=cell.reopened,
        measure=cell.measure,
        end=cell.milestone.end,
        account=account,
        now=cell.now,
    )


def said(cell: Cell, wait: Wait | None, goal: Goal, *, account: Account, may_reopen: bool) -> Said | None:
    """How final the result of a cell is; None while its milestone runs."""
    zone = ZoneInfo(account.zone)
    place = [goal.pk, cell.milestone.first_day.isoformat(), cell.target.contributor_id]
    if cell.reopened:
        text = _("Reopened. The result is provisional until somebody finalises it.")
        return Said(text, _("Finalise"), reverse("finalise", args=place), warning=True) if may_reopen else Said(text)
    if cell.verdict is not None:
        text = _("Final since %(moment)s.") % {"moment": dates.moment(cell.verdict.judged_at, zone)}
        return Said(text, _("Reopen"), reverse("reopen", args=place)) if may_reopen else Said(text)
    if cell.moment is Moment.RUNNING or wait is None:
        return None
    return waiting(wait, goal, cell.milestone.first_day.isoformat(), zone=zone, may_reopen=may_reopen, now=cell.now)


def waiting(wait: Wait, goal: Goal, first_day: str, *, zone: ZoneInfo, may_reopen: bool, now: datetime) -> Said:
    """What a milestone that has ended waits for: a moment, the next reading of a source, or a person."""
    words = {
        "moment": dates.moment(wait.closing.due, zone),
        "end": dates.moment(wait.closing.read_past, zone),
        "sources": ", ".join(wait.behind),
    }
    if now < wait.closing.due:
        return Said(_("Provisional. Final on %(moment)s, once every source was read past the end.") % words)
    if not wait.behind:
        return Said(_("Provisional. Final with the next calculation."))
    if not wait.may_be_finalised:
        return Said(_("Provisional. Not yet read past %(end)s: %(sources)s.") % words)
    text = ngettext(
        "Waiting for %(sources)s, which has not been read past %(end)s.",
        "Waiting for %(sources)s, which have not been read past %(end)s.",
        len(wait.behind),
    )
    address = reverse("finalise-period", args=[goal.pk, first_day])
    return Said(text % words, _("Finalise"), address, warning=True) if may_reopen else Said(text % words, warning=True)


def restated(cell: Cell) -> str:
    """What later changes would make of a final value."""
    if cell.restated is None or cell.verdict is None:
        return ""
    words = {
        "final": amounts.amount(cell.verdict.shown, cell.measure),
        "now": amounts.amount(cell.restated, cell.measure),
    }
    return _("With later changes it would now be %(now)s. The final result stays %(final)s.") % words
