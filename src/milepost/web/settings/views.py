"""Seeing the settings, trying a change out, and saving it."""

import json
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.account.models import THE_ACCOUNT
from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.history.queries import newest_of
from milepost.people.roles import Place
from milepost.progress import settings as progress
from milepost.web.errors import sentence
from milepost.web.history import entries
from milepost.web.people.signed_in import signed_in
from milepost.web.settings.forms import SettingsForm
from milepost.web.settings.preview import Preview
from milepost.web.setup import check_changes, check_sees, may_change

LONGEST = 280


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """A change is shown before it is saved: what is saved is what was shown."""
    user, now, account = signed_in(request), clock.now(), the_account()
    (check_changes if request.method == "POST" else check_sees)(user, Place.SETTINGS)
    form = SettingsForm(request.POST or None, account=account, may_limit_seats=may_change(user, Place.USERS))
    context = {"form": form, "may_change": may_change(user, Place.SETTINGS), "place": "settings"}
    if form.is_valid():
        shown = json.dumps(form.cleaned_data, sort_keys=True)
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST]
        if request.POST.get("shown") == shown:
            try:
                progress.change(form.cleaned_data, reason=reason, by=user, now=now)
            except Refused as refused:
                context["mistake"] = sentence(refused)
            else:
                messages.success(request, _("The settings are saved."))
                return redirect("settings")
        changed = form.changed
        context |= {"shown": shown, "reason": reason}
        context["preview"] = Preview(progress.consequences(changed, now=now), changed)
    labels = {name: str(field.label) for name, field in form.fields.items()}
    changes = newest_of("account", [THE_ACCOUNT])
    context["history"] = entries(changes, ZoneInfo(account.zone), fields=lambda name: labels.get(name, name))
    return render(request, "settings/settings.html", context)
