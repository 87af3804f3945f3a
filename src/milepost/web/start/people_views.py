"""The second of the first steps: the people that help desks brought, who of them is one person, and who leads."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from milepost.people import actions, memberships
from milepost.people.roles import Role
from milepost.sources import newcomers, who_is_who
from milepost.sources.models import Source
from milepost.sources.newcomers import Choice
from milepost.web import days
from milepost.web.first_steps import steps
from milepost.web.forms import DayField, PageForm
from milepost.web.identities import pages
from milepost.web.identities.deciding import decide
from milepost.web.paging import Paged, paged
from milepost.web.persons.remeasuring import remeasure
from milepost.web.persons.views import Desk, desk_of
from milepost.web.start.people_page import choices, leadless, rows, teams
from milepost.web.start.views import check

# Of so many agents it is asked at once who they are.
MOST_ASKED: Final = 20


class SinceForm(PageForm):
    """Since when people are in the teams that are chosen for them."""

    since = DayField(
        label=gettext_lazy("In these teams since"),
        help_text=gettext_lazy(
            "From this day on their tickets count for the team. It begins as the day of the oldest ticket; the days of "
            "one person can be corrected later."
        ),
    )

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today
        self.fields["since"].widget.attrs["max"] = today.isoformat()

    def clean_since(self) -> date:
        """Nobody is in a team from tomorrow on because they worked in it."""
        day: date = self.cleaned_data["since"]
        if day > self._today:
            raise ValidationError(_(actions.NOT_YET))
        return day


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who was found: whether they are taken in, their team, their role in it; saved a page at a time."""
    desk = _desk(request)
    page = paged(request, newcomers.found(now=desk.now))
    if request.method != "POST":
        since = request.GET.get("since") or _oldest_day(desk)
        return _shown(request, desk, page, SinceForm(today=desk.today, initial={"since": since}), {})
    form = SinceForm(request.POST, today=desk.today)
    chosen = choices(request.POST, now=desk.now)
    if not form.is_valid() or newcomers.check(chosen.values()):
        return _shown(request, desk, page, form, chosen)
    since = days.first_moment(form.cleaned_data["since"], desk.zone)
    touched = newcomers.take(list(chosen.values()), since=since, by=desk.user, now=desk.now)
    remeasure(touched, now=desk.now)
    said = ngettext("%(count)s person is reviewed.", "%(count)s people are reviewed.", len(chosen))
    messages.success(request, said % {"count": len(chosen)})
    return redirect(_after(request, desk, page, form.cleaned_data["since"]))


@require_POST
def same(request: HttpRequest) -> HttpResponse:
    """Let two people be one, or stay two."""
    decide(request, _desk(request), newcomers.agents())
    return redirect("start-people")


@require_POST
def lead(request: HttpRequest) -> HttpResponse:
    """Let a member lead their team."""
    desk = _desk(request)
    chosen = request.POST.get("membership", "")
    running = memberships.running(now=desk.now).select_related("person", "team")
    one = get_object_or_404(running, pk=int(chosen) if chosen.isdecimal() and len(chosen) < len(str(2**63)) else 0)
    actions.change_membership(one, since=one.since, until=one.until, leads=True, by=desk.user, now=desk.now)
    said = _("%(person)s leads %(team)s.") % {"person": one.person.name, "team": one.team.name}
    messages.success(request, said)
    return redirect("start-people")


def _desk(request: HttpRequest) -> Desk:
    check(request)
    return desk_of(request, changes=True)


def _shown(
    request: HttpRequest, desk: Desk, page: Paged, form: SinceForm, chosen: Mapping[int, Choice]
) -> HttpResponse:
    mistakes = newcomers.check(chosen.values())
    shown = rows(page.rows, chosen, mistakes)
    asked = pages.to_decide()
    without_lead, further = leadless(now=desk.now)
    context = {
        "steps": steps(),
        "rows": shown,
        "page": page,
        "form": form,
        "teams": teams(shown),
        "mistakes": len(mistakes),
        "duplicates": pages.rows(list(asked[:MOST_ASKED]), desk.zone),
        "more_duplicates": max(asked.count() - MOST_ASKED, 0),
        "leadless": without_lead,
        "more_leadless": further,
        "lead_role": Role.LEAD.value,
        "is_last": not _next(page),
        "place": "start",
    }
    return render(request, "start/people.html", context)


def _oldest_day(desk: Desk) -> date:
    """The day from which there are tickets."""
    oldest = Source.objects.filter(disconnected_at=None).aggregate(oldest=Min("complete_from"))["oldest"]
    return desk.today if oldest is None else min(days.day_of(oldest, desk.zone), desk.today)


def _after(request: HttpRequest, desk: Desk, page: Paged, since: date) -> str:
    """The page after this one, with the same day; after the last one this again while it asks, else the steps."""
    if number := _next(page):
        return f"{request.path}?{urlencode({'page': number, 'since': since.isoformat()})}"
    asks = who_is_who.to_review().exists() or memberships.teams_without_lead(now=desk.now).exists()
    return "start-people" if asks else "start"


def _next(page: Paged) -> int:
    """The number of the page after this one; 0 after the last."""
    here = next((number for number, _address, current in page.pages if current), 0)
    return int(here) + 1 if page.pages and page.pages[-1][0] != here else 0
