"""The second step: what its form says, and what the page shows beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.base.errors import Refused
from milepost.calendars.periods import Duration, Period
from milepost.calendars.working_days import working_days
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import team_ways
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.models import Draft, Goal
from milepost.metrics.metric import Direction, Hours
from milepost.people.models import Person, Team
from milepost.web.avatars import Avatar, of_person
from milepost.web.charts.period_bars import Bar, bars
from milepost.web.goals.create.desk import Desk, key_of
from milepost.web.goals.create.plan import Plan, TeamMode, rows_of, years
from milepost.web.goals.create.steps import Step, address
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.team_ways import TeamWay, choices, overlap

TEXTS = (
    *("name", "team_mode", "team_by", "duration", "year", "first_day", "last_day"),
    *("first_period", "last_period", "note"),
)


def read(plan: Plan, form: QueryDict) -> Plan:
    """The plan with what the form says, right or wrong."""
    texts: dict[str, Any] = {name: str(form[name]).replace("\0", "") for name in TEXTS if name in form}
    if texts.get("duration") not in set(Duration):
        texts.pop("duration", None)
    hours = form.get("hours", "")
    measure = plan.measured.on(Hours(hours)).to_json() if plan.template and hours in set(Hours) else plan.measure
    return replace(
        plan,
        **texts,
        measure=measure,
        contributors=form.getlist("contributors"),
        pipelines=form.getlist("pipelines"),
        align="align" in form,
        forecast="forecast" in form,
    )


@dataclass(frozen=True)
class Choice:
    """Something to choose."""

    key: str
    name: str
    chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class Candidate:
    """A person or a team to choose as a contributor."""

    key: str
    name: str
    is_team: bool
    avatar: Avatar
    hint: str
    chosen: bool


@dataclass(frozen=True)
class Fact:
    """A line of the summary."""

    name: str
    text: str


class DetailsPage:
    """What the template asks for."""

    def __init__(self, plan: Plan, draft: Draft, desk: Desk, mistakes: Mapping[str, str]) -> None:
        self.plan = plan
        self.mistakes = mistakes
        self._draft = draft
        self._desk = desk
        self.is_for_oneself = desk.is_for_oneself
        self.may_add_users = desk.may_add_users

    @property
    def template(self) -> Choice:
        """What is measured, with the address where it can be changed."""
        template = TEMPLATES.get(self.plan.template)
        measure = self.plan.measured
        better = _("Lower is better.") if measure.direction is Direction.LOWER else _("Higher is better.")
        return Choice(
            key=template.key if template else "flag",
            name=_(template.name if template else measure.metric.name),
            chosen=True,
            hint=f"{_(measure.metric.meaning)} {better}",
        )

    @property
    def change_template(self) -> str:
        """Where another template is chosen; the rest stays."""
        if not self.plan.template:
            return reverse("create-goal-measure", args=[self._draft.key])
        return address(Step.TEMPLATE, self._draft.key)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """All who may be chosen, teams first, and those who were and no longer may be."""
        known = self._desk.contributors
        lost = [one for one in self._desk.found(self.plan.contributors) if key_of(one) not in known]
        return [self._candidate(one) for one in [*known.values(), *lost]]

    @property
    def team_modes(self) -> list[Choice]:
        """Asked where a chosen team has people of its own."""
        if not any(self._desk.members.get(key) for key in self.plan.contributors):
            return []
        names = {
            TeamMode.BOTH: _("Team and each person"),
            TeamMode.TEAM: _("Team only"),
            TeamMode.PEOPLE: _("Each person only"),
        }
        return [Choice(mode.value, name, mode == self.plan.team_mode) for mode, name in names.items()]

    @cached_property
    def _teams(self) -> list[Team]:
        return self.plan.chosen_teams(self._desk)

    @property
    def team_ways(self) -> list[TeamWay]:
        """Asked where the chosen teams have members and are groups of a help desk too."""
        return choices(self.plan.made_by(self._teams)) if team_ways.are_both(self._teams) else []

    @property
    def overlap(self) -> str:
        """That the chosen teams share people, where that matters."""
        if not self._periods or not self._teams or self.plan.made_by(self._teams) != Goal.TeamBy.MEMBERSHIP:
            return ""
        span = self._periods[0].start, self._periods[-1].end
        return overlap(team_ways.sharing(self._teams, since=span[0], until=span[1]))

    @property
    def durations(self) -> list[Choice]:
        """How long a period lasts."""
        return [Choice(one.value, str(DURATIONS[one]), one == self.plan.duration) for one in Duration]

    @property
    def hours(self) -> list[Choice]:
        """On which clock; asked of a template that is a matter of the clock, once the working hours are set."""
        measure = self.plan.measured
        if not self.plan.template or not measure.metric.is_clocked or self._desk.hours is Hours.CALENDAR:
            return []
        names = {Hours.BUSINESS: _("business hours"), Hours.CALENDAR: _("calendar hours")}
        return [Choice(one.value, name, one is measure.hours) for one, name in names.items()]

    @property
    def years(self) -> list[Choice]:
        """The years to choose from, named as fiscal years are where they are aligned."""
        chosen = self.plan.year
        return [Choice(str(one), self._year_name(one), str(one) == chosen) for one in years(self._desk.today)]

    @property
    def fiscal_hint(self) -> str:
        """What aligning means, in days."""
        whole = self._whole
        if not whole:
            return ""
        span = {"first": dates.day(whole[0].first_day), "last": dates.day(whole[-1].after_day - timedelta(days=1))}
        if self.plan.duration == Duration.WEEKLY:
            return _("Whole weeks: this goal may run from %(first)s to %(last)s.") % span
        return _("The year runs from %(first)s to %(last)s.") % span

    @property
    def period_choices(self) -> list[Choice]:
        """The periods from which a shortened horizon is chosen; none where there is only one."""
        if len(self._whole) == 1:
            return []
        return [Choice(one.first_day.isoformat(), self._period_name(one), chosen=False) for one in self._whole]

    @property
    def first_period(self) -> str:
        """The first day of the first period."""
        return self._periods[0].first_day.isoformat() if self._periods else ""

    @property
    def last_period(self) -> str:
        """The first day of the last period."""
        return self._periods[-1].first_day.isoformat() if self._periods else ""

    @property
    def pipelines(self) -> list[Choice]:
        """Which tickets count."""
        return [Choice(key, key, key in self.plan.pipelines) for key in self._desk.pipelines]

    @property
    def forecast_hint(self) -> str:
        """What other products refuse here, and why we do not."""
        if len(self.plan.pipelines) > 1 or self.plan.duration == Duration.YEARLY:
            return _("Also with several pipelines and for a whole year: every period is forecast from its own tickets.")
        return _("The chance of reaching each target is worked out from its own tickets.")

    @property
    def targets_count(self) -> str:
        """How many targets the goal will have."""
        return number(len(self._rows) * len(self._periods))

    @property
    def targets_word(self) -> str:
        """The noun for that many."""
        return ngettext("target", "targets", len(self._rows) * len(self._periods))

    @property
    def product(self) -> str:
        """Where the number comes from."""
        contributors, periods = len(self._rows), len(self._periods)
        return _("%(contributors)s × %(periods)s") % {
            "contributors": ngettext("%(count)s contributor", "%(count)s contributors", contributors)
            % {"count": number(contributors)},
            "periods": ngettext("%(count)s period", "%(count)s periods", periods) % {"count": number(periods)},
        }

    @property
    def bars(self) -> list[Bar]:
        """The days of each period, working days where a calendar is set."""
        return bars([self._days(one) for one in self._periods])

    @property
    def bars_hint(self) -> str:
        """Which days the bars show."""
        if self._desk.clock is not None:
            return _("Bars show the working days in each period. Holidays are left out.")
        return _("Bars show the days in each period. No calendar is set, so every day counts.")

    @property
    def facts(self) -> Sequence[Fact]:
        """What follows from the choices."""
        if not self._periods:
            return []
        first, last = self._periods[0], self._periods[-1]
        days = self._days(first)
        started = first.first_day <= self._desk.today
        return [
            Fact(
                _("First period"),
                self._counted(days)
                % {"period": dates.days(first.first_day, first.after_day, today=self._desk.today), "count": days},
            ),
            Fact(_("Ends"), dates.day(last.after_day - timedelta(days=1))),
            Fact(
                _("Who will see results"),
                _("Each person sees their own, leads those of their teams, managers all. Everybody sees the teams’."),
            ),
            Fact(
                _("Starts"),
                _("%(day)s. Results are counted from then on.") % {"day": dates.day(first.first_day)}
                if started
                else _("%(day)s. You can edit everything until then.") % {"day": dates.day(first.first_day)},
            ),
        ]

    def _days(self, one: Period) -> int:
        if self._desk.clock is None:
            return (one.after_day - one.first_day).days
        days = one.first_day, one.after_day
        return working_days(self._desk.clock, *days, zone=self._desk.zone, now=int(self._desk.now.timestamp())).count

    def _counted(self, days: int) -> str:
        if self._desk.clock is None:
            return ngettext("%(period)s, %(count)s day", "%(period)s, %(count)s days", days)
        return ngettext("%(period)s, %(count)s working day", "%(period)s, %(count)s working days", days)

    @cached_property
    def _whole(self) -> list[Period]:
        """All periods; none while the days are wrong, which the page says beside them."""
        try:
            return self.plan.all_periods(self._desk)
        except Refused:
            return []

    @cached_property
    def _periods(self) -> list[Period]:
        return self.plan.periods(self._desk) if self._whole else []

    @cached_property
    def _rows(self) -> list[str]:
        return rows_of(self.plan, self._desk)

    def _candidate(self, one: Team | Person) -> Candidate:
        members = len(self._desk.members.get(key_of(one), ())) if isinstance(one, Team) else 0
        people = ngettext("%(count)s person", "%(count)s people", members) % {"count": number(members)}
        return Candidate(
            key=key_of(one),
            name=one.name,
            is_team=isinstance(one, Team),
            avatar=of_person(one.name, one.pk),
            hint=people if members else "",
            chosen=key_of(one) in self.plan.contributors,
        )

    def _year_name(self, year: int) -> str:
        if self.plan.align and self._desk.fiscal_month != 1:
            return f"{year}/{(year + 1) % 100:02}"
        return str(year)

    def _period_name(self, one: Period) -> str:
        return dates.milestone(
            Duration(self.plan.duration),
            one.first_day,
            one.after_day,
            today=self._desk.today,
            week_start=self._desk.week_start,
        )
