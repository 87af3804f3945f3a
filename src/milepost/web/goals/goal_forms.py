"""The forms around a goal: its name and note, who joins it, and which pipelines count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from milepost.account.models import Account
from milepost.base.errors import Refused
from milepost.formats import parse
from milepost.goals import pipelines, targets
from milepost.goals.joining import NO_MILESTONE, joinable
from milepost.goals.models import Goal, Milestone
from milepost.goals.pipelines import Move
from milepost.goals.visibility import choosable
from milepost.metrics.question import Measure
from milepost.people.models import Person, Team, User
from milepost.progress.goal_queries import GoalTable
from milepost.web.errors import sentence
from milepost.web.goals.periods import period_name


@dataclass(frozen=True)
class Choice:
    """Something to choose."""

    key: str
    name: str
    chosen: bool
    is_team: bool = False


class JoinForm:
    """Who joins, from which milestone on, with which target in those that have not begun."""

    def __init__(self, goal: Goal, *, user: User, account: Account, now: datetime, sent: QueryDict | None) -> None:
        self.goal = goal
        self.mistakes: dict[str, str] = {}
        self._user, self._account, self._now, self._sent = user, account, now, sent

    @cached_property
    def milestones(self) -> list[Milestone]:
        """From which on somebody may join."""
        return joinable(self.goal, now=self._now)

    @property
    def periods(self) -> list[Choice]:
        """The milestones to choose from."""
        chosen = self.value("since")
        today = self._now.astimezone(ZoneInfo(self._account.zone)).date()
        return [
            Choice(
                str(one.ordinal), period_name(self.goal, one, self._account, today=today), str(one.ordinal) == chosen
            )
            for one in self.milestones
        ]

    @cached_property
    def people(self) -> dict[str, Team | Person]:
        """Who may be chosen and is not there yet."""
        teams, persons = choosable(self._user, now=self._now)
        there = self.goal.contributors.filter(removed_at__isnull=True).values_list("team", "person")
        known = {("team", team) for team, _person in there} | {("person", person) for _team, person in there}
        found: dict[str, Team | Person] = {}
        for kind, ones in (("team", teams), ("person", persons)):
            found |= {f"{kind}-{one.pk}": one for one in ones if (kind, one.pk) not in known}
        return found

    @property
    def choices(self) -> list[Choice]:
        """Teams, then people."""
        chosen = set() if self._sent is None else set(self._sent.getlist("contributors"))
        return [Choice(key, one.name, key in chosen, isinstance(one, Team)) for key, one in self.people.items()]

    @property
    def chosen(self) -> list[Team | Person]:
        """Who was chosen."""
        keys = [] if self._sent is None else self._sent.getlist("contributors")
        return [self.people[key] for key in dict.fromkeys(keys) if key in self.people]

    @property
    def typed(self) -> str:
        """The target as typed."""
        return self.value("value")

    @property
    def since(self) -> Milestone | None:
        """The milestone that was chosen."""
        return next((one for one in self.milestones if str(one.ordinal) == self.value("since")), None)

    def target(self) -> Decimal | None:
        """What was typed as target."""
        text = self.value("value").strip()
        return parse.value(text, Measure.from_json(self.goal.measure).unit) if text else None

    def value(self, name: str) -> str:
        """What was sent."""
        return "" if self._sent is None else self._sent.get(name, "")

    def wrong(self, field: str, refused: Refused) -> None:
        """Show what is wrong."""
        self.mistakes[field] = sentence(refused)

    def check(self) -> bool:
        """Whether it was understood; what was not is among the mistakes."""
        if self.since is None:
            self.mistakes["since"] = _(NO_MILESTONE)
        try:
            targets.check(self.target(), Measure.from_json(self.goal.measure))
        except Refused as refused:
            self.wrong("value", refused)
        return not self.mistakes


class PipelinesForm:
    """Which pipelines count for whom, from which milestone on."""

    def __init__(self, table: GoalTable, *, account: Account, now: datetime, asked: QueryDict) -> None:
        self.table = table
        self.goal = table.goal
        self.mistakes: dict[str, str] = {}
        self._account, self._now, self._asked = account, now, asked

    @property
    def reason(self) -> str:
        """As typed."""
        return self._asked.get("reason", "")

    @property
    def people(self) -> list[Choice]:
        """The contributors of the goal; all are chosen unless some are asked for."""
        asked = set(self._asked.getlist("contributor"))
        return [
            Choice(str(line.contributor.pk), line.name, not asked or str(line.contributor.pk) in asked, line.is_team)
            for line in self.table.lines
        ]

    @cached_property
    def milestones(self) -> list[Milestone]:
        """Those that have not ended, or in which somebody's verdict is open again."""
        cells = [cell for line in self.table.lines for cell in line.cells.values()]
        reopened = {cell.milestone.ordinal for cell in cells if cell.reopened}
        return [one for one in self.table.milestones if one.end > self._now or one.ordinal in reopened]

    @property
    def periods(self) -> list[Choice]:
        """The milestones to choose from."""
        today = self._now.astimezone(ZoneInfo(self._account.zone)).date()
        return [
            Choice(str(one.ordinal), period_name(self.goal, one, self._account, today=today), one is self._since)
            for one in self.milestones
        ]

    @property
    def pipelines(self) -> list[Choice]:
        """All that are known, and those that the rows have."""
        chosen = self._chosen
        return [Choice(one, one, one in chosen) for one in sorted({*pipelines.known(), *chosen})]

    @property
    def move(self) -> Move | None:
        """What was asked for; None where no milestone is left."""
        if self._since is None:
            return None
        people = frozenset(int(one.key) for one in self.people if one.chosen)
        return Move(people, self._since, tuple(self._chosen), self.reason)

    def mend(self, problems: dict[str, Any]) -> None:
        """Show what is wrong."""
        self.mistakes |= {field: sentence(refused) for field, refused in problems.items()}

    def named(self, milestone: Milestone) -> str:
        """How a milestone is called."""
        return period_name(
            self.goal, milestone, self._account, today=self._now.astimezone(ZoneInfo(self._account.zone)).date()
        )

    @property
    def _chosen(self) -> list[str]:
        if "since" in self._asked:
            return list(dict.fromkeys(self._asked.getlist("pipelines")))
        return list(_first_pipelines(self.table))

    @property
    def _since(self) -> Milestone | None:
        asked = self._asked.get("since", "")
        found = next((one for one in self.milestones if str(one.ordinal) == asked), None)
        return found or next(iter(self.milestones), None)


def _first_pipelines(table: GoalTable) -> Iterable[str]:
    cells = (line.cells.get(table.current.ordinal) for line in table.lines)
    return next((cell.target.pipelines for cell in cells if cell is not None), ())
