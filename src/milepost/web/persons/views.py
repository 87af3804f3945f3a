"""The list of persons, a person, their memberships, and leaving and coming back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.goals.leaving import Touched, resumed_by_return, stopped_by_leaving
from milepost.people import actions
from milepost.people.models import Membership, Person, User
from milepost.people.roles import Place
from milepost.web import days
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in
from milepost.web.persons.forms import DayForm, JoinForm, PersonForm, SpanForm
from milepost.web.persons.pages import PersonPage, found, listed
from milepost.web.persons.remeasuring import remeasure
from milepost.web.setup import check_changes, check_sees, may_change

LONGEST = 80


@dataclass(frozen=True)
class Desk:
    """Who asks, when, and on which clocks."""

    user: User
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day in the account's zone."""
        return days.day_of(self.now, self.zone)


def desk_of(request: HttpRequest, *, changes: bool) -> Desk:
    """The desk of a page of people; refuses who may not see it, or not change it."""
    user = signed_in(request)
    (check_changes if changes else check_sees)(user, Place.PEOPLE)
    return Desk(user, clock.now(), ZoneInfo(the_account().zone))


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """All persons, by natural order of their names."""
    desk = desk_of(request, changes=False)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    state = request.GET.get("state", "")
    page = paged(request, found(text, state))
    context = {
        "page": page,
        "persons": [listed(person, desk.now, desk.zone) for person in page.rows],
        "text": text,
        "state": state,
        "may_change": may_change(desk.user, Place.PEOPLE),
        "place": "people",
        "tab": "people",
    }
    return render(request, "persons/people.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a person by hand."""
    desk = desk_of(request, changes=True)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        person = actions.create_person(**form.cleaned_data, by=desk.user, now=desk.now)
        messages.success(request, _("%(name)s is added.") % {"name": person.name})
        return redirect("setup-person", person.pk)
    return render(request, "persons/new_person.html", {"form": form, "place": "people"})


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person, and correcting their name and address."""
    desk = desk_of(request, changes=request.method == "POST")
    one = get_object_or_404(Person, pk=pk)
    form = PersonForm(request.POST or None, initial={"name": one.name, "email": one.email})
    if form.is_valid():
        actions.change_person(one, **form.cleaned_data, by=desk.user, now=desk.now)
        messages.success(request, _("Saved."))
        return redirect("setup-person", pk)
    return _person(request, desk, Person.objects.get(pk=pk), form=form)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a person a member of a team."""
    desk = desk_of(request, changes=True)
    one = get_object_or_404(Person, pk=pk)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _person(request, desk, one, joining=form)
    sent = form.cleaned_data
    begin = actions.lead if sent["leads"] else actions.join
    begin(one, sent["team"], **_span(sent, desk.zone), by=desk.user, now=desk.now)
    remeasure([sent["team"].pk], now=desk.now)
    messages.success(request, _("%(name)s is in %(team)s.") % {"name": one.name, "team": sent["team"].name})
    return redirect("setup-person", pk)


@require_http_methods(["GET", "POST"])
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct from when to when somebody belongs to a team."""
    desk = desk_of(request, changes=True)
    one = get_object_or_404(Membership.objects.select_related("person", "team"), pk=pk)
    kept = {
        "first_day": days.day_of(one.since, desk.zone),
        "last_day": days.last_day(one.until, desk.zone),
        "leads": one.leads,
    }
    form = SpanForm(request.POST or None, initial=kept)
    if form.is_valid():
        sent = form.cleaned_data
        actions.change_membership(one, **_span(sent, desk.zone), leads=sent["leads"], by=desk.user, now=desk.now)
        remeasure([one.team_id], now=desk.now)
        messages.success(request, _("Saved."))
        return redirect("setup-person", one.person_id)
    return render(request, "persons/membership.html", {"form": form, "membership": one, "place": "people"})


@require_POST
def remove_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a membership that never was."""
    desk = desk_of(request, changes=True)
    one = get_object_or_404(Membership.objects.select_related("person", "team"), pk=pk)
    actions.remove_membership(one, by=desk.user, now=desk.now)
    remeasure([one.team_id], now=desk.now)
    messages.success(request, _("The membership is removed."))
    return redirect("setup-person", one.person_id)


@require_http_methods(["GET", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what stops, then stop it."""
    return _leave_or_return(request, pk, actions.deactivate, stopped_by_leaving)


@require_http_methods(["GET", "POST"])
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes on, then let it go on."""
    return _leave_or_return(request, pk, actions.reactivate, resumed_by_return)


def _leave_or_return(
    request: HttpRequest, pk: int, act: Callable[..., None], ask: Callable[..., Touched]
) -> HttpResponse:
    """One form: asked with GET it says what the day would do, sent with POST it does it."""
    desk = desk_of(request, changes=True)
    one = get_object_or_404(Person, pk=pk)
    sent = request.POST if request.method == "POST" else request.GET if "day" in request.GET else None
    form = DayForm(sent, today=desk.today, initial={"day": desk.today})
    since = None
    if form.is_valid():
        since = days.since(form.cleaned_data["day"], today=desk.today, zone=desk.zone)
        if request.method == "POST":
            try:
                act(one, since=since, reason=form.cleaned_data["reason"].strip(), by=desk.user, now=desk.now)
            except Refused as refused:
                form.refuse(refused, "day")
            else:
                messages.success(request, _("Saved."))
                return redirect("setup-person", pk)
    context = {
        "form": form,
        "person": one,
        "touched": ask(one, since=since or desk.now, now=desk.now),
        "returns": act is actions.reactivate,
        "place": "people",
    }
    return render(request, "persons/leaving.html", context)


def _person(
    request: HttpRequest,
    desk: Desk,
    one: Person,
    *,
    form: PersonForm | None = None,
    joining: JoinForm | None = None,
) -> HttpResponse:
    context = {
        "page": PersonPage(one, now=desk.now, zone=desk.zone),
        "user_of": User.objects.filter(person=one).first(),
        "form": form or PersonForm(initial={"name": one.name, "email": one.email}),
        "joining": joining or JoinForm(initial={"first_day": desk.today}),
        "may_change": may_change(desk.user, Place.PEOPLE),
        "may_invite": may_change(desk.user, Place.USERS),
        "place": "people",
    }
    return render(request, "persons/person.html", context)


def _span(sent: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The moments of the days that were chosen."""
    return {"since": days.first_moment(sent["first_day"], zone), "until": days.after(sent["last_day"], zone)}
