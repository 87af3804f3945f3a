"""Working hours: everybody sees them, administrators and managers change them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.account import working_hours
from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.people.models import Team, User
from milepost.people.roles import SETS_WORKING_HOURS, Role
from milepost.progress import timing
from milepost.web.calendars.calendar_page import CalendarPage, number_of
from milepost.web.calendars.hours_form import NO_DAY, Change, HoursForm
from milepost.web.errors import sentence
from milepost.web.people.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, team: int | None = None) -> HttpResponse:
    """The hours of the account, or of a team: shown, tried, or set."""
    user, account = signed_in(request), the_account()
    found = None if team is None else get_object_or_404(Team, pk=team)
    form, change = None, None
    if request.method == "POST":
        _refuse_others(user)
        if "follow" in request.POST:
            return _follow(request, found, user, ZoneInfo(account.zone))
        is_first = found is None and not working_hours.versions(None)
        form = HoursForm({name: str(text) for name, text in request.POST.items()}, is_first=is_first)
        change = form.change(ZoneInfo(account.zone))
        if change is not None and "save" in request.POST:
            return _set(request, found, change, user)
    page = CalendarPage(found, form, change, account=account, now=clock.now())
    shown = {"page": page, "place": "calendars", "may_change": _may_change(user)}
    return render(request, "calendars/calendar.html", shown)


@require_POST
def retime(request: HttpRequest) -> HttpResponse:
    """Time the facts by the hours that are set now."""
    _refuse_others(signed_in(request))
    _retime(request)
    return redirect("calendars")


def _set(request: HttpRequest, team: Team | None, change: Change, user: User) -> HttpResponse:
    working_hours.set_hours(
        change.hours,
        team=number_of(team),
        valid_from=change.valid_from,
        by=user,
        now=clock.now(),
        reason=change.reason,
    )
    _retime(request)
    return redirect(request.path)


def _follow(request: HttpRequest, team: Team | None, user: User, zone: ZoneInfo) -> HttpResponse:
    if team is not None:
        since = midnight(_day(request.POST.get("valid_from", "")), zone)
        reason = request.POST.get("reason", "").strip()
        working_hours.follow_the_account(team.pk, valid_from=since, by=user, now=clock.now(), reason=reason)
        _retime(request)
    return redirect(request.path)


def _retime(request: HttpRequest) -> None:
    """Numbers follow at once, unless that takes long or another process writes facts, which the page then says."""
    if not timing.is_quick():
        messages.success(request, _("The working hours are set."))
        return
    try:
        timing.retime(now=clock.now())
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("The working hours are set, and all numbers follow them."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(NO_DAY) from error


def _may_change(user: User) -> bool:
    return Role(user.role) in SETS_WORKING_HOURS


def _refuse_others(user: User) -> None:
    if not _may_change(user):
        raise NotAllowed(gettext_noop("You can see this but not change it."))
