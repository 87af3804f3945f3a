"""The panel that edits the targets of one contributor: what it shows, and what was typed into it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.account.models import Account
from milepost.base.errors import Refused
from milepost.calendars.periods import Duration
from milepost.formats import parse
from milepost.goals import notices
from milepost.goals.editing import Edit
from milepost.goals.models import Goal
from milepost.goals.notices import AUDIENCES, NAMES, Audience, Choices, Notice
from milepost.goals.proration import Prorated, prorated
from milepost.progress.goal_queries import Cell, GoalTable, Line
from milepost.web.avatars import Avatar, of_person
from milepost.web.errors import sentence
from milepost.web.goals import amounts, prorating
from milepost.web.goals.changes import Told
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.goal_page import edit_address, stopped
from milepost.web.goals.periods import period_name

TABS: Final = ("targets", "notifications")


@dataclass(frozen=True)
class Field:
    """A milestone of the panel: locked once it has ended, else a value to type."""

    cell: Cell
    period: str
    wished: str
    actual: str
    typed: str
    was: str
    mistake: str
    meanwhile: str
    opened: bool
    offer: str
    offered: str


@dataclass(frozen=True)
class Box:
    """A kind of notice for one audience."""

    name: str
    value: str
    label: str
    ticked: bool


class EditPanel:
    """What stands in the panel. `sent` is what was typed; without it the panel shows what is."""

    def __init__(
        self, table: GoalTable, line: Line, opened: Cell, *, account: Account, now: datetime, sent: QueryDict | None
    ) -> None:
        self.goal: Goal = table.goal
        self.line = line
        self.opened = opened
        self.mistakes: dict[int | str, str] = {}
        self.meanwhile: Sequence[Told] = ()
        self._table = table
        self._account = account
        self._today = now.astimezone(ZoneInfo(account.zone)).date()
        self._zone = ZoneInfo(account.zone)
        self._sent = sent

    @property
    def avatar(self) -> Avatar:
        """The sign of the contributor."""
        return of_person(self.line.name, self.line.contributor.pk)

    @property
    def about(self) -> str:
        """The goal and its duration."""
        return f"{self.goal.name} · {DURATIONS[self._duration]}"

    @property
    def stopped(self) -> str:
        """Since when the person is not measured any more."""
        return stopped(self.opened.stopped_at, self._zone)

    @property
    def address(self) -> str:
        """Where the form goes."""
        return edit_address(self.goal, self.opened)

    def tabs(self, chosen: str) -> list[tuple[str, str, str, bool]]:
        """Key, name, address, whether it is open."""
        names = {"targets": _("Targets"), "notifications": _("Notifications")}
        return [(tab, names[tab], edit_address(self.goal, self.opened, tab), tab == chosen) for tab in TABS]

    @property
    def pipelines(self) -> str:
        """Which pipelines count in the milestone that was opened."""
        return ", ".join(self.opened.target.pipelines) or _("All pipelines")

    @property
    def change_pipelines(self) -> str:
        """Where pipelines are changed."""
        return f"{reverse('goal-pipelines', args=[self.goal.pk])}?contributor={self.line.contributor.pk}"

    @property
    def reason(self) -> str:
        """The reason as typed; the arithmetic of the value that is filled in, where none was."""
        sent: Mapping[str, object] = {} if self._sent is None else self._sent.dict()
        typed = str(sent.get("reason", ""))
        return typed or next((one.offered for one in self.fields if sent.get("prorate") == str(one.cell.target.pk)), "")

    @property
    def locked(self) -> bool:
        """Whether every milestone has ended."""
        return all(cell.locked for cell in self.line.cells.values())

    @cached_property
    def fields(self) -> list[Field]:
        """The milestones, in order."""
        return [self._field(self.line.cells[ordinal]) for ordinal in sorted(self.line.cells)]

    @cached_property
    def edit(self) -> Edit:
        """What was typed, as far as it was understood; what was not is among the mistakes."""
        values: dict[int, Decimal | None] = {}
        for field in self.fields:
            if field.cell.locked or field.typed == _text(field.cell):
                continue
            try:
                values[field.cell.target.pk] = self._parsed(field.typed)
            except Refused as refused:
                self.mistakes[field.cell.target.pk] = sentence(refused)
        return Edit(values, dict.fromkeys(self._told_targets, self._choices), self.reason, self._wholes(values))

    def mend(self, problems: dict[int | str, Refused]) -> None:
        """Show what is wrong beside what was typed."""
        self.mistakes |= {place: sentence(refused) for place, refused in problems.items()}
        self.__dict__.pop("fields", None)

    def _wholes(self, values: Mapping[int, Decimal | None]) -> dict[int, Decimal]:
        """What values are a share of that are as they are offered for absences."""
        offers = ((cell, prorating.offer(self.line, cell)) for cell in self.line.cells.values())
        return {
            cell.target.pk: one.whole
            for cell, one in offers
            if one is not None and one.whole is not None and values.get(cell.target.pk) == one.value
        }

    @property
    def own_notices(self) -> bool:
        """Whether this target has choices of its own."""
        return self._choices is not None

    @property
    def was_notices(self) -> str:
        """What the target has, as kept, so that a second editor's change is noticed."""
        return json.dumps(self._told.target.notices)

    @property
    def told_period(self) -> str:
        """The milestone whose notices are shown."""
        return self._period(self._told)

    @property
    def has_later(self) -> bool:
        """Whether there are milestones after it."""
        return self._told.milestone.ordinal < max(self.line.cells)

    @property
    def later(self) -> bool:
        """Whether the choices are for the milestones after it too."""
        return self._sent is not None and "later" in self._sent

    @property
    def audiences(self) -> list[str]:
        """The columns of the notices."""
        return [_(AUDIENCES[audience]) for audience in Audience]

    @property
    def notices(self) -> list[tuple[str, list[Box]]]:
        """Each kind with its boxes."""
        return [(_(NAMES[kind]), [self._box(kind, audience) for audience in Audience]) for kind in Notice]

    @property
    def _duration(self) -> Duration:
        return Duration(self.goal.duration)

    @property
    def _told(self) -> Cell:
        """The milestone whose notices may be changed: the one that was opened, or the next that has not ended."""
        if not self.opened.ended:
            return self.opened
        cells = [self.line.cells[ordinal] for ordinal in sorted(self.line.cells)]
        return next((cell for cell in cells if not cell.ended), self.opened)

    @property
    def _told_targets(self) -> list[int]:
        if self._sent is None or "notices" not in self._sent:
            return []
        from_ordinal = self._told.milestone.ordinal
        cells = [cell for ordinal, cell in self.line.cells.items() if ordinal >= from_ordinal]
        return [cell.target.pk for cell in cells if self.later or cell is self._told]

    @cached_property
    def _choices(self) -> Choices | None:
        """The choices that were made; those that are kept where the form was not sent, or left them as they were."""
        kept = self._told.target.notices
        current = None if kept is None else notices.from_json(kept)
        if self._sent is None or "notices" not in self._sent:
            return current
        sent = None
        if self._sent["notices"] == "own":
            told = {kind.value: self._sent.getlist(f"notice-{kind.value}") for kind in Notice}
            known = {audience.value for audience in Audience}
            sent = notices.from_json({kind: [one for one in ones if one in known] for kind, ones in told.items()})
        untouched = json.dumps(None if sent is None else notices.to_json(sent)) == self._sent.get("was-notices")
        return current if untouched else sent

    def _box(self, kind: Notice, audience: Audience) -> Box:
        choices = notices.from_json(self.goal.notices) if self._choices is None else self._choices
        words = {"notice": _(NAMES[kind]), "audience": _(AUDIENCES[audience])}
        label = _("%(notice)s: %(audience)s") % words
        return Box(f"notice-{kind.value}", audience.value, label, audience in choices.get(kind, ()))

    def _field(self, cell: Cell) -> Field:
        pk, now_is = cell.target.pk, _text(cell)
        was = now_is if self._sent is None else self._sent.get(f"was-{pk}", now_is)
        typed = now_is if self._sent is None else self._sent.get(f"value-{pk}", now_is).strip()
        # Whoever did not touch a value takes the one that is there now.
        typed = now_is if typed == was else typed
        value, offered = self._offered(cell)
        if value and self._sent is not None and self._sent.get("prorate") == str(pk):
            typed = value
        return Field(
            cell=cell,
            period=self._period(cell),
            wished=amounts.wished(cell.wished, cell.measure),
            actual=amounts.amount(cell.shown, cell.measure),
            typed=typed,
            was=now_is,
            mistake=self.mistakes.get(pk, ""),
            meanwhile=_meanwhile(was, now_is, typed),
            opened=cell is self.opened,
            offer=value,
            offered=offered,
        )

    def _offered(self, cell: Cell) -> tuple[str, str]:
        """A value as it is typed, and its arithmetic: by absences, or for whoever joined in the milestone."""
        absent = prorating.offer(self.line, cell)
        if absent is not None:
            return absent.typed, absent.arithmetic
        joined = self._offer(cell)
        return ("", "") if joined is None else (amounts.typed(joined.value, cell.measure), _arithmetic(joined, cell))

    def _offer(self, cell: Cell) -> Prorated | None:
        """For whoever joined in this milestone: a share of what is asked in the next one."""
        joined, following = self.line.contributor.joined_at, self.line.cells.get(cell.milestone.ordinal + 1)
        if joined is None or not cell.running or cell.wished is not None or following is None:
            return None
        if following.wished is None or joined < cell.milestone.start:
            return None
        return prorated(
            following.wished,
            cell.measure,
            joined=joined.astimezone(ZoneInfo(self.goal.zone)).date(),
            first_day=cell.milestone.first_day,
            after_day=cell.milestone.after_day,
        )

    def _parsed(self, text: str) -> Decimal | None:
        return parse.value(text, self._table.measure.unit) if text else None

    def _period(self, cell: Cell) -> str:
        return period_name(self.goal, cell.milestone, self._account, today=self._today)


def _text(cell: Cell) -> str:
    return amounts.typed(cell.wished, cell.measure)


def _meanwhile(was: str, now_is: str, typed: str) -> str:
    """That somebody else changed the value which was typed over."""
    if now_is in {was, typed}:
        return ""
    return _("Meanwhile changed to %(value)s.") % {"value": now_is or _("no target")}


def _arithmetic(offer: Prorated, cell: Cell) -> str:
    words = {
        "whole": amounts.typed(offer.whole, cell.measure),
        "left": offer.left,
        "days": offer.days,
        "value": amounts.typed(offer.value, cell.measure),
    }
    if not offer.is_share:
        return _("The same as in the next period: %(value)s.") % words
    return _("For the days left: %(whole)s × %(left)s ÷ %(days)s = %(value)s.") % words
