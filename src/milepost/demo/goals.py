"""Goals of the demo desk. Who is in them and what is asked of them comes from the log itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from milepost.calendars.periods import Duration, add_months, midnight, tile
from milepost.goals import actions as goals
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED, RESOLUTION, RESPONSE, GoalTemplate
from milepost.goals.models import Goal
from milepost.metrics import engine
from milepost.metrics.metric import Unit
from milepost.metrics.question import Amount, By, Measure, Window
from milepost.people.models import Person, Team, User
from milepost.sources import sync
from milepost.sources.models import Identity

# Whole weeks before today from which it is read what somebody usually does.
WEEKS: Final = 12
# So many replies in these weeks make an average, but a week of them does not.
FEW: Final = 5
QUARTER: Final = 3
MINUTE: Final = 60
HOUR: Final = 3600

Contributor = Person | Team


@dataclass(frozen=True)
class Wish:
    """A demo goal over the days `[first_day, after_day)`: `share` of what its contributors usually do is asked."""

    name: str
    template: GoalTemplate
    duration: Duration
    first_day: date
    after_day: date
    share: Fraction
    teams: Sequence[Team] = ()
    persons: Sequence[Person] = ()


def set_goals(today: date, *, zone: ZoneInfo, by: User, now: datetime) -> list[Goal]:
    """Create the goals of this day; those that are there stay as they are."""
    desk = _Desk(today, zone, now)
    return [
        goals.create(
            NewGoal(
                name=wish.name,
                team_by=Goal.TeamBy.GROUP,
                template=wish.template.key,
                measure=wish.template.measure,
                duration=wish.duration,
                first_day=wish.first_day,
                after_day=wish.after_day,
                zone=zone,
                form_key=uuid5(NAMESPACE_URL, f"{today}/{wish.name}"),
                teams=wish.teams,
                persons=wish.persons,
                values=_values(wish, desk, zone),
            ),
            by=by,
            now=now,
        )
        for wish in _wishes(today, desk)
    ]


def _wishes(today: date, desk: "_Desk") -> list[Wish]:
    """A sprint that has just ended, and weeks, months, quarters and years of those who close most."""
    monday = today - timedelta(days=today.weekday())
    weeks = monday - timedelta(weeks=9), monday + timedelta(weeks=4)
    sprint = today - timedelta(days=16), today - timedelta(days=2)
    this_quarter = add_months(today.replace(day=1), -((today.month - 1) % QUARTER))
    last_quarter, next_quarter = add_months(this_quarter, -QUARTER), add_months(this_quarter, QUARTER)
    months, quarters = (last_quarter, next_quarter), (last_quarter, add_months(next_quarter, QUARTER))
    years = date(last_quarter.year, 1, 1), date(today.year + 1, 1, 1)
    teams, people, few = desk.teams(), desk.people(), desk.with_few_replies()
    return [
        Wish("Two-week sprint", CLOSED, Duration.CUSTOM, *sprint, Fraction(21, 20), teams[:1], people[:4]),
        Wish("Tickets closed by week", CLOSED, Duration.WEEKLY, *weeks, Fraction(1), teams[:3], people[:4]),
        # An average of less than five replies is not judged: some have no data.
        Wish("First response by week", RESPONSE, Duration.WEEKLY, *weeks, Fraction(1), teams[:2], [people[0], few]),
        Wish("First response by month", RESPONSE, Duration.MONTHLY, *months, Fraction(1), teams[:3], people[:3]),
        Wish("Resolution time by month", RESOLUTION, Duration.MONTHLY, *months, Fraction(9, 10), teams[1:5]),
        Wish("Tickets closed by quarter", CLOSED, Duration.QUARTERLY, *quarters, Fraction(1), teams[:4], people[4:6]),
        Wish("Resolution time by year", RESOLUTION, Duration.YEARLY, *years, Fraction(11, 10), teams[:2]),
    ]


class _Desk:
    """What everybody usually does, read from the facts of the last whole weeks."""

    def __init__(self, today: date, zone: ZoneInfo, now: datetime) -> None:
        self.now = now
        days = (today - timedelta(weeks=back) for back in range(WEEKS, -1, -1))
        edges = [int(midnight(day, zone).timestamp()) for day in days]
        self.weeks = [Window(number, *edges) for number, edges in enumerate(pairwise(edges))]
        self.span = [Window(0, edges[0], edges[-1])]
        self.persons = {one.number: one.person for one in _identities(Identity.Kind.AGENT) if one.person}
        self.groups = {one.number: one.team for one in _identities(Identity.Kind.TEAM) if one.team}

    def teams(self) -> list[Team]:
        """Who closed tickets, who closed most first."""
        return [self.groups[number] for number in self._busiest(CLOSED, By.TEAM) if number in self.groups]

    def people(self) -> list[Person]:
        """Who closed tickets, who closed most first."""
        return [self.persons[number] for number in self._busiest(CLOSED, By.AGENT) if number in self.persons]

    def with_few_replies(self) -> Person:
        """Who replied least often, yet often enough that an average can be asked of them."""
        amounts = {one.group: one.sample for one in self._ask(RESPONSE.measure, self.span, By.AGENT)}
        fewest = min((sample, number) for number, sample in amounts.items() if number and sample >= FEW)
        return self.persons[fewest[1]]

    def usual(self, measure: Measure, contributors: Iterable[Contributor]) -> Mapping[Contributor, Fraction]:
        """Of a count the median week, of a duration the average of all weeks."""
        known = self._usual(measure, By.TEAM, self.groups) | self._usual(measure, By.AGENT, self.persons)
        return {one: known[one] for one in contributors if one in known}

    def _usual(
        self, measure: Measure, by: By, names: Mapping[int, Person] | Mapping[int, Team]
    ) -> dict[Contributor, Fraction]:
        if measure.unit is Unit.DURATION:
            averages = {one.group: one.value for one in self._ask(measure, self.span, by)}
            return {name: value for number, name in names.items() if (value := averages.get(number)) is not None}
        weekly = {number: [0] * WEEKS for number in names}
        for one in self._ask(measure, self.weeks, by):
            if one.group in weekly:
                weekly[one.group][one.window] = one.sample
        return {names[number]: Fraction(median(counts)) for number, counts in weekly.items()}

    def _busiest(self, template: GoalTemplate, by: By) -> list[int]:
        amounts = {one.group: one.sample for one in self._ask(template.measure, self.span, by)}
        return sorted((number for number in amounts if number), key=lambda number: (-amounts[number], number))

    def _ask(self, measure: Measure, windows: Sequence[Window], by: By) -> list[Amount]:
        return engine.measure(sync.store(), measure, windows, by=by, now=self.now)


def _identities(kind: Identity.Kind) -> Iterable[Identity]:
    return Identity.objects.filter(kind=kind).select_related("person", "team")


def _values(wish: Wish, desk: _Desk, zone: ZoneInfo) -> dict[tuple[Contributor, int], Decimal | None]:
    """The same target in every period of a contributor; none for one of whom nothing is known."""
    periods = tile(wish.duration, wish.first_day, wish.after_day, zone=zone)
    weeks = Fraction((wish.after_day - wish.first_day).days, 7 * len(periods))
    usual = desk.usual(wish.template.measure, [*wish.teams, *wish.persons])
    return {
        (one, ordinal): _target(amount * wish.share, wish.template.measure, weeks)
        for one, amount in usual.items()
        for ordinal in range(len(periods))
    }


def _target(amount: Fraction, measure: Measure, weeks: Fraction) -> Decimal:
    """A round number: whole tickets for the weeks of a period; whole hours, of less than two hours five minutes."""
    if measure.unit is Unit.TICKETS:
        return Decimal(max(round(amount * weeks), 1))
    step = HOUR if amount >= 2 * HOUR else 5 * MINUTE
    return Decimal(max(round(amount / step), 1) * step)
