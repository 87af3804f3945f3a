"""The form of the settings, in sections."""

import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milepost.account.models import Account
from milepost.formats.numbers import speaks_polish
from milepost.web.forms import PageForm

WORKSPACE: Final = ("name", "zone", "week_start", "fiscal_month")
STATUS: Final = ("exceeded_above", "minimum_sample", "early", "grace_hours")
CHANCE: Final = ("ahead_chance", "on_pace_chance", "behind_chance")
RATIO: Final = ("ahead_ratio", "on_pace_ratio", "behind_ratio")
SEATS: Final = ("seats",)


class SettingsForm(PageForm):
    """Every setting there is; the bounds are those of the account."""

    name = forms.CharField(label=gettext_lazy("Workspace name"), max_length=100)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    week_start = forms.TypedChoiceField(label=gettext_lazy("Weeks start on"), coerce=int)
    fiscal_month = forms.TypedChoiceField(label=gettext_lazy("Fiscal year starts in"), coerce=int)
    exceeded_above = forms.IntegerField(
        label=gettext_lazy("Exceeded starts above (%)"),
        min_value=100,
        max_value=120,
        help_text=gettext_lazy("Percent of the target. 100 is past the target itself."),
    )
    minimum_sample = forms.IntegerField(
        label=gettext_lazy("Minimum sample (tickets)"),
        min_value=0,
        max_value=1000,
        help_text=gettext_lazy("Averages and shares over fewer tickets are not judged."),
    )
    early = forms.IntegerField(
        label=gettext_lazy("Too early before (%)"),
        min_value=0,
        max_value=90,
        help_text=gettext_lazy("Percent of a period’s time that has to pass before its pace is told."),
    )
    grace_hours = forms.IntegerField(
        label=gettext_lazy("Grace (hours)"),
        min_value=0,
        max_value=24 * 28,
        help_text=gettext_lazy("How long after its end a period may still be corrected."),
    )
    ahead_chance = forms.IntegerField(label=gettext_lazy("Ahead from (%)"), min_value=1, max_value=99)
    on_pace_chance = forms.IntegerField(label=gettext_lazy("On pace from (%)"), min_value=1, max_value=99)
    behind_chance = forms.IntegerField(label=gettext_lazy("Behind from (%)"), min_value=1, max_value=99)
    ahead_ratio = forms.IntegerField(label=gettext_lazy("Ahead from (%)"), min_value=1, max_value=200)
    on_pace_ratio = forms.IntegerField(label=gettext_lazy("On pace from (%)"), min_value=1, max_value=200)
    behind_ratio = forms.IntegerField(label=gettext_lazy("Behind from (%)"), min_value=1, max_value=200)
    seats = forms.IntegerField(
        label=gettext_lazy("Seat limit"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("Empty means no limit. Lowering it takes a seat from nobody."),
    )

    def __init__(self, *arguments: Any, account: Account, may_limit_seats: bool, **options: Any) -> None:
        kept = {name: getattr(account, name) for name in self.base_fields}
        super().__init__(*arguments, initial=kept, **options)
        self._account = account
        self._choices("zone", [(name, name) for name in sorted(zoneinfo.available_timezones())])
        self._choices("week_start", [(number, _small(name)) for number, name in WEEKDAYS.items()])
        self._choices("fiscal_month", [(number, _small(name)) for number, name in MONTHS.items()])
        if not may_limit_seats:
            del self.fields["seats"]

    def clean(self) -> dict[str, Any]:
        """The paces come in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.changed.clean()
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    @property
    def changed(self) -> Account:
        """The account as it would be."""
        kept = {field.attname: getattr(self._account, field.attname) for field in Account._meta.concrete_fields}
        return Account(**kept | {name: value for name, value in self.cleaned_data.items() if name in kept})

    @property
    def sections(self) -> Iterator[tuple[str, str, Sequence[BoundField]]]:
        """Heading, explanation, fields."""
        yield _("Workspace"), _("Goals that exist keep their days. New ones follow these."), self._of(WORKSPACE)
        yield _("Status"), "", self._of(STATUS)
        yield (
            _("Pace by chance"),
            _("The chance of reaching the target. Used once forecasts are there; until then pace goes by ratio."),
            self._of(CHANCE),
        )
        yield (
            _("Pace by ratio"),
            _("The actual value against what is expected by now."),
            self._of(RATIO),
        )
        if "seats" in self.fields:
            yield _("Seats"), _("A user with a seat may manage the goals of others."), self._of(SEATS)

    def _of(self, names: Sequence[str]) -> Sequence[BoundField]:
        return [self[name] for name in names]

    def _choices(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _small(name: object) -> str:
    """Polish writes days and months small."""
    text = str(name)
    return text.lower() if speaks_polish() else text
