"""The strip above the rows: how many targets have which status and pace, each a filter to press."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.formats.numbers import number
from milepost.goals import status as statuses
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.progress.filters import Filters
from milepost.progress.queries import Counts
from milepost.web.goals import address

# In the order of the strip; what is not set or has no data is shown only where there is some.
ENDED: Final = (Status.EXCEEDED, Status.ACHIEVED, Status.MISSED, Status.PENDING)
RARE: Final = (Status.NO_DATA, Status.NOT_SET)
PACES: Final = (Pace.AHEAD, Pace.ON_PACE, Pace.BEHIND, Pace.AT_RISK)


@dataclass(frozen=True)
class Step:
    """A status or a pace in the strip: a filter that can be pressed and released."""

    key: str
    name: str
    count: str
    pressed: bool
    hint: str = ""


class Strip:
    """What the template asks for."""

    def __init__(self, counts: Counts, filters: Filters, *, exceeded_above: int) -> None:
        self._counts = counts
        self._filters = filters
        self._exceeded_above = exceeded_above

    @property
    def all_count(self) -> str:
        """How many targets there are, whatever their status."""
        return number(self._counts.all)

    @property
    def all_pressed(self) -> bool:
        """Whether no status is asked for."""
        return not self._filters.statuses | self._filters.paces | self._filters.tags

    @property
    def goals_count(self) -> str:
        """How many goals the targets belong to."""
        goals = self._counts.goals
        return ngettext("%(count)s goal", "%(count)s goals", goals) % {"count": number(goals)}

    @property
    def in_progress(self) -> Step:
        """The targets in progress."""
        return self._status(Status.IN_PROGRESS)

    @property
    def paces(self) -> list[Step]:
        """How those are doing."""
        return [self._pace(pace) for pace in PACES if self._pace_count(pace) or pace in self._filters.paces]

    @property
    def steps(self) -> list[Step]:
        """The other statuses."""
        rare = [one for one in RARE if self._counts.by_status.get(one) or one in self._filters.statuses]
        return [self._status(status) for status in (*ENDED, *rare)]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What stays of the address when a status is pressed."""
        gone = {"status", "pace", "tag", "page"}
        return [pair for pair in address.pairs(self._filters) if pair[0] not in gone]

    def _status(self, status: Status) -> Step:
        hints = {
            Status.EXCEEDED: _("over %(percent)s%%") % {"percent": self._exceeded_above},
            Status.MISSED: _("ended short"),
            Status.PENDING: _("not started"),
        }
        return Step(
            key=status.value,
            name=_(statuses.NAMES[status]),
            count=number(self._counts.by_status.get(status, 0)),
            pressed=status in self._filters.statuses,
            hint=hints.get(status, ""),
        )

    def _pace(self, pace: Pace) -> Step:
        rows = self._pace_count(pace)
        count = number(rows)
        texts = {
            Pace.AHEAD: _("%(count)s ahead"),
            Pace.ON_PACE: _("%(count)s on pace"),
            Pace.BEHIND: ngettext("%(count)s behind", "%(count)s behind", rows),
            Pace.AT_RISK: ngettext("%(count)s at risk", "%(count)s at risk", rows),
        }
        name = texts[pace] % {"count": count}
        return Step(key=pace.value, name=name, count=count, pressed=pace in self._filters.paces)

    def _pace_count(self, pace: Pace) -> int:
        return self._counts.by_pace.get(pace, 0)
