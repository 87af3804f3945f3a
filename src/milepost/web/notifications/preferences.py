"""What comes by e-mail, and when."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.notifications import preferences as wishes
from milepost.notifications.channels import mail
from milepost.notifications.kinds import NAMES, Kind
from milepost.notifications.models import Preference
from milepost.web.forms import PageForm
from milepost.web.people.signed_in import signed_in


class PreferencesForm(PageForm):
    """One reader's wishes."""

    mail = forms.BooleanField(label=gettext_lazy("Notices by e-mail"), required=False)
    mailed = forms.MultipleChoiceField(
        label=gettext_lazy("Which notices come by e-mail"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Everything is in the inbox, whatever you choose here."),
    )
    digest = forms.BooleanField(
        label=gettext_lazy("Weekly digest"),
        required=False,
        help_text=gettext_lazy("Mondays at 08:30. It brings the weekly progress, too."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of messages"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of messages"),
        required=False,
        help_text=gettext_lazy("Pages are on the clocks of the workspace."),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=gettext_lazy("No e-mail leaves in these hours. The same time twice means never quiet."),
    )

    def __init__(self, *arguments: Any, preference: Preference, **options: Any) -> None:
        chosen = [kind.value for kind in Kind if kind.value not in preference.not_mailed]
        kept = {name: getattr(preference, name) for name in self.base_fields if name != "mailed"}
        kept["language"] = kept["language"] or settings.LANGUAGE_CODE
        super().__init__(*arguments, initial=kept | {"mailed": chosen}, **options)
        zones = [(name, name) for name in sorted(zoneinfo.available_timezones())]
        account = _("As the workspace: %(zone)s") % {"zone": the_account().zone}
        self._choices("mailed", [(kind.value, _(NAMES[kind])) for kind in Kind])
        self._choices("language", [(code, _(str(name))) for code, name in settings.LANGUAGES])
        self._choices("zone", [("", account), *zones])

    @property
    def wished(self) -> dict[str, Any]:
        """As it is kept."""
        cleaned = dict(self.cleaned_data)
        chosen = set(cleaned.pop("mailed"))
        return cleaned | {"not_mailed": [kind.value for kind in Kind if kind.value not in chosen]}

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The reader's own, and nobody else's."""
    user = signed_in(request)
    form = PreferencesForm(request.POST or None, preference=wishes.preference_of(user))
    form.fields["mailed"].widget.attrs.pop("class", None)
    if form.is_valid():
        wishes.change(user, now=clock.now(), **form.wished)
        messages.success(request, _("Saved."))
        return redirect("preferences")
    context = {"form": form, "is_set_up": mail.is_set_up(), "address": user.email, "place": "inbox"}
    return render(request, "notices/preferences.html", context)
