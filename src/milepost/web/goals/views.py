"""The overview."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.goals.models import Goal
from milepost.people.models import Team
from milepost.progress import queries
from milepost.web.goals import address
from milepost.web.goals.overview_page import OverviewPage
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import Shell


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The targets of a time, those that the reader may see."""
    user, now, account = signed_in(request), clock.now(), the_account()
    teams = list(Team.objects.all())
    today = now.astimezone(ZoneInfo(account.zone)).date()
    asked = address.read(request.GET, today=today, teams=[team.pk for team in teams])
    page = OverviewPage(
        queries.overview(user, asked.filters, now=now),
        asked.filters,
        account=account,
        teams=teams,
        problems=asked.problems,
        approximated=Shell(request).is_approximated,
        has_goals=Goal.objects.visible_to(user, now=now).exists(),
        now=now,
    )
    return render(request, "goals/overview.html", {"page": page, "place": "goals"})
