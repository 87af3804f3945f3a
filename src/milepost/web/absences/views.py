"""The list of absences, and those of a person."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, NotFound, Refused
from milepost.goals.visibility import absences_kept_by, absences_seen_by
from milepost.people import absence_feeds
from milepost.people import absences as acts
from milepost.people.models import Absence, AbsenceFeed, Person
from milepost.web.absences.forms import AbsenceForm, CalendarForm
from milepost.web.absences.pages import PersonAbsences, listed
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in
from milepost.web.persons import views as persons
from milepost.web.persons.remeasuring import rejudge
from milepost.web.setup import NOT_TO_CHANGE, NOTHING

PAST = "past"


@dataclass(frozen=True)
class Desk(persons.Desk):
    """Who asks, when, on which clocks, and whose absences they see and enter."""

    @property
    def seen(self) -> QuerySet[Person]:
        """Whose absences the user sees."""
        return absences_seen_by(self.user, now=self.now)

    @property
    def kept(self) -> QuerySet[Person]:
        """Whose absences the user enters."""
        return absences_kept_by(self.user, now=self.now)

    def may_change(self, person: Person) -> bool:
        """Whether the user enters those of a person."""
        return self.kept.filter(pk=person.pk).exists()


def desk_of(request: HttpRequest) -> Desk:
    """The desk of whoever asks."""
    return Desk(signed_in(request), clock.now(), ZoneInfo(the_account().zone))


@require_GET
def absences(request: HttpRequest) -> HttpResponse:
    """Who is absent now and later, or was; for whoever sees anybody's."""
    desk = desk_of(request)
    if not desk.seen.exists():
        raise NotFound(NOTHING)
    if (of := request.GET.get("of", "")).isdecimal():
        return redirect("person-absences", int(of))
    past = request.GET.get("show") == PAST
    found = acts.present().filter(person__in=desk.seen).select_related("person", "feed")
    if past:
        found = found.filter(after_day__lte=desk.today).order_by("-after_day", "person__order", "pk")
    else:
        found = found.filter(after_day__gt=desk.today).order_by("first_day", "person__order", "pk")
    page = paged(request, found)
    kept = list(desk.kept.filter(deactivated_at__isnull=True)[:1000])
    context = {"page": page, "absences": listed(page.rows, desk.today), "past": past, "people": kept}
    return render(request, "absences/absences.html", context | {"place": "absences"})


@require_http_methods(["GET", "POST"])
def of_person(request: HttpRequest, person: int) -> HttpResponse:
    """The absences of a person, and entering one."""
    desk = desk_of(request)
    one = _person(desk, person, changes=request.method == "POST")
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        try:
            acts.add(one, **form.cleaned_data, by=desk.user, now=desk.now)
        except Refused as refused:
            form.refuse(refused, "last_day")
        else:
            rejudge([one.pk], now=desk.now)
            messages.success(request, _("The absence is entered."))
            return redirect("person-absences", one.pk)
    return _page(request, desk, one, form=form)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, absence: int) -> HttpResponse:
    """Correct the days of an absence."""
    desk = desk_of(request)
    one = _absence(desk, absence)
    form = AbsenceForm(request.POST or None, initial={"first_day": one.first_day, "last_day": one.last_day})
    if form.is_valid():
        try:
            acts.change(one, **form.cleaned_data, by=desk.user, now=desk.now)
        except Refused as refused:
            form.refuse(refused, "last_day")
        else:
            rejudge([one.person_id], now=desk.now)
            messages.success(request, _("Saved."))
            return redirect("person-absences", one.person_id)
    return render(request, "absences/change.html", {"form": form, "absence": one, "place": "absences"})


@require_POST
def remove(request: HttpRequest, absence: int) -> HttpResponse:
    """Remove an absence; the page offers to undo that."""
    desk = desk_of(request)
    one = _absence(desk, absence)
    acts.remove(one, by=desk.user, now=desk.now)
    rejudge([one.person_id], now=desk.now)
    return _page(request, desk, one.person, removed=one)


@require_POST
def undo(request: HttpRequest, absence: int) -> HttpResponse:
    """Bring back an absence that was removed."""
    desk = desk_of(request)
    one = _absence(desk, absence, removed=True)
    acts.bring_back(one, by=desk.user, now=desk.now)
    rejudge([one.person_id], now=desk.now)
    messages.success(request, _("The absence is back."))
    return redirect("person-absences", one.person_id)


@never_cache
@require_POST
def connect(request: HttpRequest, person: int) -> HttpResponse:
    """Follow a calendar. Its address is a secret: what was sent is not shown again."""
    desk = desk_of(request)
    one = _person(desk, person, changes=True)
    form = CalendarForm(request.POST)
    if form.is_valid():
        try:
            absence_feeds.connect(one, form.cleaned_data["address"], by=desk.user, now=desk.now)
        except Refused as refused:
            form.refuse(refused, "address")
        else:
            rejudge([one.pk], now=desk.now)
            messages.success(request, _("The calendar is read, and followed from now on."))
            return redirect("person-absences", one.pk)
    return _page(request, desk, one, calendar=form)


@require_POST
def disconnect(request: HttpRequest, person: int) -> HttpResponse:
    """Follow the calendar no longer."""
    desk = desk_of(request)
    one = _person(desk, person, changes=True)
    for feed in AbsenceFeed.objects.filter(person=one).select_related("person"):
        absence_feeds.disconnect(feed, by=desk.user, now=desk.now)
        rejudge([one.pk], now=desk.now)
    return redirect("person-absences", one.pk)


def _page(request: HttpRequest, desk: Desk, person: Person, **forms: Any) -> HttpResponse:
    may_change = desk.may_change(person)
    context = {
        "page": PersonAbsences(person, today=desk.today, zone=desk.zone, may_change=may_change),
        "form": forms.get("form") or AbsenceForm(),
        "calendar": forms.get("calendar") or CalendarForm(),
        "removed": forms.get("removed"),
        "place": "absences",
    }
    return render(request, "absences/person.html", context)


def _person(desk: Desk, key: int, *, changes: bool) -> Person:
    """A person whose absences the user sees; refuses who may only read them."""
    for person in desk.seen.filter(pk=key):
        if changes and not desk.may_change(person):
            raise NotAllowed(NOT_TO_CHANGE)
        return person
    raise NotFound(NOTHING)


def _absence(desk: Desk, key: int, *, removed: bool = False) -> Absence:
    """An absence that the user may change."""
    found = Absence.objects.filter(pk=key, removed_at__isnull=not removed).select_related("person")
    for absence in found.filter(person__in=desk.seen):
        _person(desk, absence.person_id, changes=True)
        return absence
    raise NotFound(NOTHING)
