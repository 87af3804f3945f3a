"""Saving, renaming and deleting a view of the overview."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.goals import saved_views
from milepost.goals.models import SavedView
from milepost.web.back import back_to
from milepost.web.errors import sentence
from milepost.web.goals import address
from milepost.web.goals.known import known
from milepost.web.goals.views_bar import kept
from milepost.web.people.signed_in import signed_in


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters that the form sends, as far as they are understood."""
    user, now = signed_in(request), clock.now()
    today = now.astimezone(ZoneInfo(the_account().zone)).date()
    asked = address.read(QueryDict(request.POST.get("query", "")), known(user, now=now), today=today)
    try:
        view = saved_views.save(request.POST.get("name", ""), kept(asked.filters, today=today), by=user, now=now)
    except Refused as refused:
        messages.error(request, sentence(refused))
        return redirect(back_to(request, "goals"))
    return redirect(f"{reverse('goals')}?{view.query}")


@require_POST
def change(request: HttpRequest, view: int) -> HttpResponse:
    """Rename or delete a view of the reader's own."""
    user, now = signed_in(request), clock.now()
    found = get_object_or_404(SavedView, pk=view, user=user)
    try:
        if request.POST.get("act") == "delete":
            saved_views.delete(found, by=user, now=now)
            messages.success(request, _("The view “%(name)s” is deleted.") % {"name": found.name})
        else:
            saved_views.rename(found, request.POST.get("name", ""), by=user, now=now)
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect(back_to(request, "goals"))
