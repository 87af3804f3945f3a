"""The overview."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.goals.models import SavedView
from milepost.goals.visibility import led_by, reach
from milepost.people.models import User
from milepost.people.roles import Capability, Scope
from milepost.progress import queries
from milepost.progress.filters import Filters
from milepost.web.goals import address, calculation, preferences, removed
from milepost.web.goals.archive import archived
from milepost.web.goals.known import Known, known
from milepost.web.goals.overview_page import Around, OverviewPage
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import Shell


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The targets of a time, those that the reader may see."""
    user, now, account = signed_in(request), clock.now(), the_account()
    today = now.astimezone(ZoneInfo(account.zone)).date()
    choices = known(user, now=now)
    asked = address.read(request.GET, choices, today=today)
    filters = asked.filters if request.GET else _of_own_teams(asked.filters, user, choices, now)
    around = Around(
        account=account,
        known=choices,
        problems=asked.problems,
        approximated=Shell(request).is_approximated,
        has_goals=bool(choices.goals),
        archived=archived(user, now=now).count(),
        saved=list(SavedView.objects.filter(user=user)),
        views=queries.view_counts(user, Filters(*address.month_of(today)), now=now),
        removed=removed.recall(request, now=now),
        compact=preferences.is_compact(request),
        calculation=calculation.under_way(now=now),
    )
    page = OverviewPage(queries.overview(user, filters, now=now), filters, around, now=now)
    shown = {"page": page, "place": "goals", "shortcuts": preferences.has_shortcuts(request)}
    return render(request, "goals/overview.html", shown)


def _of_own_teams(filters: Filters, user: User, choices: Known, now: datetime) -> Filters:
    """What is shown where nothing is asked for: to leads, the teams they lead."""
    if reach(user, Capability.SEE_INDIVIDUALS) is not Scope.MY_TEAMS:
        return filters
    teams, _persons = led_by(user, now=now)
    return replace(filters, teams=frozenset(key for key, _name in choices.teams if key in teams))
