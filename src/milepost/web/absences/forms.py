"""The forms of absences."""

from django import forms
from django.utils.translation import gettext_lazy as _

from milepost.web.forms import DayField, PageForm


class AbsenceForm(PageForm):
    """The days; both belong to the absence."""

    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"), help_text=_("The last day. It belongs to the absence."))


class CalendarForm(PageForm):
    """The address of a calendar. It is a secret, and is not shown again."""

    address = forms.CharField(
        label=_("Address of an iCalendar"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_("A calendar that holds absences only: every day that an event covers wholly counts."),
    )
