"""What a change of settings would do, in sentences, before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.progress.settings import Consequences


@dataclass(frozen=True)
class Moved:
    """So many targets go from one word to another."""

    count: str
    before: str
    after: str


class Preview:
    """The panel above the button that saves."""

    def __init__(self, consequences: Consequences, changed: Account) -> None:
        self._effect = consequences.effect
        self._recut = consequences.recut
        self._zone = ZoneInfo(changed.zone)
        self.needs_reason = consequences.needs_reason

    @property
    def sentences(self) -> Iterable[str]:
        """What happens to targets and to dates."""
        yield self._targets()
        if self._recut is not None:
            yield from self._dates()

    @property
    def moved(self) -> list[Moved]:
        """Targets by the status, then by the pace, they had and get."""
        of_status = [
            Moved(number(count), _(statuses.NAMES[before]), _(statuses.NAMES[after]))
            for (before, after), count in sorted(self._effect.statuses.items())
        ]
        none = _("no pace")
        of_pace = [
            Moved(number(count), _(paces.NAMES[before]) if before else none, _(paces.NAMES[after]) if after else none)
            for (before, after), count in sorted(self._effect.paces.items(), key=str)
        ]
        return of_status + of_pace

    def _targets(self) -> str:
        count = self._effect.targets
        if not count:
            return _("No target changes its status or pace.")
        text = ngettext(
            "%(count)s target changes its status or pace: %(running)s in running periods, %(ended)s in ended ones.",
            "%(count)s targets change their status or pace: %(running)s in running periods, %(ended)s in ended ones.",
            count,
        )
        running, ended = number(self._effect.running), number(self._effect.ended)
        return text % {"count": number(count), "running": running, "ended": ended}

    def _dates(self) -> Iterable[str]:
        yield _("Running periods keep the time zone they began in.")
        count = len(self._recut.milestones) if self._recut else 0
        if not count or self._recut is None or self._recut.next is None:
            yield _("No period to come changes its days.")
            return
        text = ngettext(
            "%(count)s period to come takes the new zone.", "%(count)s periods to come take the new zone.", count
        )
        yield text % {"count": number(count)}
        first = self._recut.next
        yield _("The first one, of “%(goal)s”, begins on %(start)s and ends on %(end)s by the new clocks.") % {
            "goal": first.goal.name,
            "start": dates.moment(first.start, self._zone),
            "end": dates.moment(first.end, self._zone),
        }
