"""All teams, and the report of one."""

from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.people.models import Team
from milepost.progress.teams import of_team
from milepost.web.goals.known import MOST
from milepost.web.people.signed_in import signed_in
from milepost.web.teams import year
from milepost.web.teams.team_page import TeamPage


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, A to Z, each with how many members it has now."""
    now = clock.now()
    running = Q(memberships__since__lte=now) & (Q(memberships__until__isnull=True) | Q(memberships__until__gt=now))
    there = Q(memberships__person__deactivated_at__isnull=True)
    people = Count("memberships__person", filter=running & there, distinct=True)
    found = Team.objects.annotate(people=people).order_by("order", "name")[:MOST]
    return render(request, "teams/teams.html", {"teams": found, "place": "teams"})


@require_GET
def team(request: HttpRequest, team: int) -> HttpResponse:
    """Every goal and milestone of a team and its people in a year, as far as the reader may see them."""
    user, now, account = signed_in(request), clock.now(), the_account()
    found = get_object_or_404(Team, pk=team)
    today = now.astimezone(ZoneInfo(account.zone)).date()
    filters = year.filters(request.GET, found.pk, today=today, fiscal_month=account.fiscal_month)
    page = TeamPage(found, of_team(user, filters, now=now), filters, account=account, now=now)
    return render(request, "teams/team.html", {"page": page, "place": "teams"})
