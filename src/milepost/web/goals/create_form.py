"""The form that makes a goal from a template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milepost.account.models import Account
from milepost.base.errors import Refused
from milepost.calendars.periods import Duration, horizon
from milepost.formats import parse
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED, TEMPLATES, GoalTemplate
from milepost.goals.models import Goal
from milepost.goals.visibility import choosable
from milepost.people.models import Person, Team, User
from milepost.progress.filters import Filters
from milepost.web.errors import sentence
from milepost.web.goals import address
from milepost.web.goals.durations import DURATIONS

DAYS: Final = {"class": "input", "type": "date"}


@dataclass(frozen=True)
class Choice:
    """Something to choose on the page."""

    key: str
    name: str
    chosen: bool
    hint: str = ""
    is_team: bool = False


class CreateForm(forms.Form):
    """Asks for a template, a name, contributors, the duration and one target for all periods."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    template = forms.ChoiceField(
        choices=[(key, key) for key in TEMPLATES],
        error_messages={"required": gettext_lazy("Choose what to measure.")},
    )
    # What is too long is told with its length, by the rule that the goal has.
    name = forms.CharField(
        label=gettext_lazy("Goal name"), required=False, widget=forms.TextInput(attrs={"class": "input"})
    )
    contributors = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": gettext_lazy("Add at least one person or team.")}
    )
    duration = forms.ChoiceField(choices=[(one.value, one.value) for one in Duration])
    year = forms.TypedChoiceField(
        label=gettext_lazy("Year"), coerce=int, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    first_day = forms.DateField(
        label=gettext_lazy("Start date"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAYS)
    )
    last_day = forms.DateField(
        label=gettext_lazy("End date"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAYS)
    )
    value = forms.CharField(
        label=gettext_lazy("Target for each period"),
        required=False,
        help_text=gettext_lazy("A number of tickets, or a time such as 48, 1:30 or 1 h 30. Empty sets no target yet."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to contributors"),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )

    def __init__(self, data: Any, *, user: User, account: Account, now: datetime) -> None:
        self._user, self._account, self._now = user, account, now
        self._zone = ZoneInfo(account.zone)
        today = now.astimezone(self._zone).date()
        initial = {
            "key": uuid4(),
            "template": CLOSED.key,
            "name": f"{_(CLOSED.name)} {today.year}",
            "duration": Duration.MONTHLY.value,
            "year": self._fiscal_year(today),
            "first_day": today,
            "last_day": today + timedelta(days=30),
        }
        super().__init__(data, initial=initial)
        this_year = self._fiscal_year(today)
        years = [(str(year), str(year)) for year in range(this_year - 1, this_year + 3)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        people = [(key, str(one)) for key, one in self._people.items()]
        self.fields["contributors"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the goal's own rules say, at the field to mend."""
        cleaned = super().clean() or {}
        if not self.errors:
            new = self._new(cleaned)
            if new is not None:
                cleaned["goal"] = new
                for name, refused in actions.problems(new, by=self._user, now=self._now).items():
                    self.add_error(self._field(name), sentence(refused))
        return cleaned

    def create(self) -> Goal:
        """The goal, once the form is valid; the same one when the form was sent before."""
        return actions.create(self.cleaned_data["goal"], by=self._user, now=self._now)

    def days_shown(self, goal: Goal) -> Filters:
        """The month in which the overview shows the new goal: this one, or the nearest in which it has a period."""
        today = self._now.astimezone(self._zone).date()
        day = min(max(today, goal.first_day), goal.after_day - timedelta(days=1))
        return Filters(*address.month_of(day))

    @property
    def templates(self) -> list[Choice]:
        """The templates as cards."""
        return [
            Choice(one.key, _(one.name), self["template"].value() == one.key, hint=_(one.purpose))
            for one in TEMPLATES.values()
        ]

    @property
    def contributor_choices(self) -> list[Choice]:
        """Teams, then people."""
        chosen = set(self["contributors"].value() or ())
        return [
            Choice(key, one.name, key in chosen, is_team=isinstance(one, Team)) for key, one in self._people.items()
        ]

    @property
    def durations(self) -> list[Choice]:
        """How long a period lasts."""
        chosen = self["duration"].value()
        return [Choice(one.value, str(DURATIONS[one]), one.value == chosen) for one in Duration]

    @cached_property
    def _people(self) -> dict[str, Team | Person]:
        teams, persons = choosable(self._user, now=self._now)
        return {f"team-{one.pk}": one for one in teams} | {f"person-{one.pk}": one for one in persons}

    def _new(self, cleaned: dict[str, Any]) -> NewGoal | None:
        """The goal that the form asks for, as far as it was understood; None without days."""
        template: GoalTemplate = TEMPLATES[cleaned["template"]]
        days = self._days(cleaned)
        chosen = [self._people[key] for key in cleaned["contributors"]]
        value = None
        try:
            value = parse.value(cleaned["value"], template.measure.unit) if cleaned["value"].strip() else None
        except Refused as refused:
            self.add_error("value", sentence(refused))
        if days is None:
            return None
        return NewGoal(
            name=cleaned["name"],
            template=template.key,
            measure=template.measure,
            duration=Duration(cleaned["duration"]),
            first_day=days[0],
            after_day=days[1],
            zone=self._zone,
            form_key=cleaned["key"],
            teams=_of(Team, chosen),
            persons=_of(Person, chosen),
            value=value,
            note=cleaned["note"],
        )

    def _days(self, cleaned: dict[str, Any]) -> tuple[date, date] | None:
        duration = Duration(cleaned["duration"])
        if duration is not Duration.CUSTOM:
            return horizon(
                duration,
                cleaned["year"] or self._fiscal_year(self._now.astimezone(self._zone).date()),
                week_start=self._account.week_start,
                fiscal_month=self._account.fiscal_month,
            )
        missing = [name for name in ("first_day", "last_day") if not cleaned[name]]
        for name in missing:
            self.add_error(name, _("Choose a date."))
        return None if missing else (cleaned["first_day"], cleaned["last_day"] + timedelta(days=1))

    def _field(self, problem: str) -> str:
        if problem == "days":
            return "last_day" if self.cleaned_data["duration"] == Duration.CUSTOM else "year"
        return {"measure": "template"}.get(problem, problem)

    def _fiscal_year(self, today: date) -> int:
        return today.year if today.month >= self._account.fiscal_month else today.year - 1


def _of(kind: type[Any], chosen: Sequence[Team | Person]) -> list[Any]:
    return [one for one in chosen if isinstance(one, kind)]
