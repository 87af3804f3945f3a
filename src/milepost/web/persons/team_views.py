"""The list of teams, and a team."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from milepost.base.errors import Refused
from milepost.base.names import fold
from milepost.people import actions
from milepost.people.models import Team
from milepost.people.roles import Place
from milepost.web.paging import paged
from milepost.web.persons.forms import TeamForm
from milepost.web.persons.pages import TeamPage
from milepost.web.persons.views import LONGEST, desk_of
from milepost.web.setup import may_change


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, by natural order of their names."""
    desk = desk_of(request, changes=False)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    running = Q(memberships__since__lte=desk.now) & (
        Q(memberships__until__isnull=True) | Q(memberships__until__gt=desk.now)
    )
    found = Team.objects.filter(folded__contains=fold(text)).annotate(
        people=Count("memberships__person", filter=running, distinct=True),
        leads=Count("memberships__person", filter=running & Q(memberships__leads=True), distinct=True),
    )
    found = found.order_by("order", "name")
    context = {
        "page": paged(request, found),
        "text": text,
        "may_change": may_change(desk.user, Place.PEOPLE),
        "place": "people",
        "tab": "teams",
    }
    return render(request, "persons/teams.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a team by hand."""
    desk = desk_of(request, changes=True)
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            team = actions.create_team(form.cleaned_data["name"], by=desk.user, now=desk.now)
        except Refused as refused:
            form.refuse(refused, "name")
        else:
            messages.success(request, _("%(name)s is added.") % {"name": team.name})
            return redirect("setup-team", team.pk)
    return render(request, "persons/new_team.html", {"form": form, "place": "people"})


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """A team and its members, and giving it another name."""
    desk = desk_of(request, changes=request.method == "POST")
    one = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, initial={"name": one.name})
    if form.is_valid():
        try:
            actions.rename_team(one, form.cleaned_data["name"], by=desk.user, now=desk.now)
        except Refused as refused:
            form.refuse(refused, "name")
        else:
            messages.success(request, _("Saved."))
            return redirect("setup-team", pk)
    page = TeamPage(Team.objects.get(pk=pk), now=desk.now, zone=desk.zone)
    members = paged(request, page.memberships)
    context = {
        "page": page,
        "members": members,
        "spans": page.spans(members.rows),
        "form": form,
        "may_change": may_change(desk.user, Place.PEOPLE),
        "place": "people",
    }
    return render(request, "persons/team.html", context)
