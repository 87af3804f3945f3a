"""The forms of persons, teams and memberships."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milepost.people.models import Team
from milepost.web.forms import DayField, PageForm


class PersonForm(PageForm):
    """Name and address of a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, required=False, help_text=_("Tells two people of one name apart.")
    )


class TeamForm(PageForm):
    """The name of a team."""

    name = forms.CharField(label=_("Name"), max_length=200)


class SpanForm(PageForm):
    """From when to when somebody belongs to a team, and whether they lead it."""

    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"), required=False, help_text=_("The last day. Empty means that it goes on."))
    leads = forms.BooleanField(label=_("Leads the team"), required=False)

    def clean(self) -> dict[str, Any]:
        """A membership lasts a day at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The end date is before the start date."))
        return cleaned


class JoinForm(SpanForm):
    """Which team, from when to when."""

    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), empty_label=_("Choose a team"))
    field_order = ("team", "first_day", "last_day", "leads")


class DayForm(PageForm):
    """From which day on, and why."""

    day = DayField(label=_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=280, required=False)

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["day"].widget.attrs["max"] = today.isoformat()


class FileForm(PageForm):
    """A file to read, or the text of one that was read before."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
