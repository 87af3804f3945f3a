"""The history of a goal in sentences: who changed what, from what to what, when, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from milepost.account.models import Account
from milepost.formats import dates
from milepost.goals.models import Goal, Milestone
from milepost.goals.told import Things, things_of
from milepost.history.models import Change
from milepost.metrics.question import Measure
from milepost.progress.models import Verdict
from milepost.web.goals import amounts
from milepost.web.goals.periods import period_name
from milepost.web.goals.team_ways import NAMES

PAGE: Final = 20


@dataclass(frozen=True)
class Told:
    """One change."""

    sentence: str
    moment: str
    reason: str


class Changes:
    """A page of the changes of a goal, the newest first."""

    def __init__(
        self, goal: Goal, changes: QuerySet[Change, Change], *, account: Account, now: datetime, page: str = "1"
    ) -> None:
        self._goal = goal
        self._changes = changes
        self._account = account
        self._zone = ZoneInfo(account.zone)
        self._today = now.astimezone(self._zone).date()
        self._page = page
        self._measure = Measure.from_json(goal.measure)

    @cached_property
    def page(self) -> Page[Change]:
        """The page that is asked for; the nearest where there is none."""
        return Paginator(self._changes, PAGE).get_page(self._page)

    @cached_property
    def told(self) -> list[Told]:
        """The changes of this page."""
        return self.tell(list(self.page.object_list))

    def tell(self, changes: Sequence[Change]) -> list[Told]:
        """These changes in sentences."""
        things = things_of(changes)
        return [
            Told(self._sentence(change, things), dates.moment(change.at, self._zone), change.reason)
            for change in changes
        ]

    def _sentence(self, change: Change, things: Things) -> str:
        words: dict[str, Any] = {"who": change.actor_name, "thing": change.thing_name}
        match change.thing_kind:
            case "target":
                target = things.targets[int(change.thing_id)]
                words |= {"name": str(target.contributor), "period": self._named(target.milestone)}
            case "contributor":
                words["name"] = str(things.contributors[int(change.thing_id)])
                words["period"] = self._since(change)
        tell = SENTENCES.get((change.thing_kind, change.verb), _changed)
        return tell(words, change.before or {}, change.after or {}, self._measure)

    def _named(self, milestone: Milestone) -> str:
        return period_name(self._goal, milestone, self._account, today=self._today)

    def _since(self, change: Change) -> str:
        since = (change.after or {}).get("from")
        return dates.day(date.fromisoformat(since)) if isinstance(since, str) else ""


Words = dict[str, Any]
Tell = Callable[[Words, Words, Words, Measure], str]


def _created(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s created the goal.") % words


def _renamed(words: Words, before: Words, after: Words, _measure: Measure) -> str:
    text = _("%(who)s renamed the goal from “%(before)s” to “%(after)s”.")
    return text % (words | {"before": before["name"], "after": after["name"]})


def _noted(words: Words, before: Words, after: Words, _measure: Measure) -> str:
    if not after["note"]:
        return _("%(who)s removed the note “%(before)s”.") % (words | {"before": before["note"]})
    if not before["note"]:
        return _("%(who)s wrote the note “%(after)s”.") % (words | {"after": after["note"]})
    text = _("%(who)s changed the note from “%(before)s” to “%(after)s”.")
    return text % (words | {"before": before["note"], "after": after["note"]})


def _regrouped(words: Words, before: Words, after: Words, _measure: Measure) -> str:
    text = _("%(who)s changed what makes a ticket a team’s from “%(before)s” to “%(after)s”.")
    was, now = (_(NAMES[Goal.TeamBy(one["team_by"])]) for one in (before, after))
    return text % (words | {"before": was, "after": now})


def _archived(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s archived the goal.") % words


def _restored(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s restored the goal.") % words


def _added(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s added %(name)s from %(period)s on.") % words


def _removed(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s removed %(name)s from the goal.") % words


def _brought_back(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s brought %(name)s back into the goal.") % words


def _moved(words: Words, before: Words, after: Words, _measure: Measure) -> str:
    everything = _("all pipelines")
    was = "; ".join(one or everything for one in before["pipelines"])
    now = ", ".join(after["pipelines"]) or everything
    text = _("%(who)s changed the pipelines of %(name)s from %(period)s on: from %(before)s to %(after)s.")
    return text % (words | {"before": was, "after": now})


def _set(words: Words, before: Words, after: Words, measure: Measure) -> str:
    was, now = (None if one["value"] is None else Decimal(one["value"]) for one in (before, after))
    words = words | {"before": amounts.wished(was, measure), "after": amounts.wished(now, measure)}
    if was is None:
        return _("%(who)s set the target of %(name)s for %(period)s to %(after)s.") % words
    if now is None:
        return _("%(who)s removed the target of %(name)s for %(period)s, which was %(before)s.") % words
    return _("%(who)s changed the target of %(name)s for %(period)s from %(before)s to %(after)s.") % words


def _reopened(words: Words, before: Words, _after: Words, measure: Measure) -> str:
    was = words | {"before": _amount(before, measure)}
    return _("%(who)s reopened the result of %(name)s for %(period)s, which was %(before)s.") % was


def _finalised(words: Words, _before: Words, after: Words, measure: Measure) -> str:
    now = words | {"after": _amount(after, measure)}
    if after.get("basis") == Verdict.Basis.LATER:
        return _("%(who)s finalised the result of %(name)s for %(period)s with later changes: %(after)s.") % now
    return _("%(who)s finalised the result of %(name)s for %(period)s as of the end: %(after)s.") % now


def _amount(kept: Words, measure: Measure) -> str:
    return amounts.amount(None if kept.get("shown") is None else Decimal(kept["shown"]), measure)


def _notified(words: Words, _before: Words, after: Words, _measure: Measure) -> str:
    if after["notices"] is None:
        return _("%(who)s let the goal say again who is told about %(name)s in %(period)s.") % words
    return _("%(who)s changed who is told about %(name)s in %(period)s.") % words


def _changed(words: Words, _before: Words, _after: Words, _measure: Measure) -> str:
    return _("%(who)s changed %(thing)s.") % words


SENTENCES: Final[dict[tuple[str, str], Tell]] = {
    ("goal", "created"): _created,
    ("goal", "renamed"): _renamed,
    ("goal", "noted"): _noted,
    ("goal", "regrouped"): _regrouped,
    ("goal", "archived"): _archived,
    ("goal", "restored"): _restored,
    ("contributor", "added"): _added,
    ("contributor", "removed"): _removed,
    ("contributor", "brought back"): _brought_back,
    ("contributor", "moved"): _moved,
    ("target", "set"): _set,
    ("target", "notified"): _notified,
    ("target", "reopened"): _reopened,
    ("target", "finalised"): _finalised,
}
