"""The overview, and making a goal."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed
from milepost.goals import actions
from milepost.goals.models import Goal
from milepost.goals.visibility import reach
from milepost.people.models import Team
from milepost.people.roles import Capability, Scope
from milepost.progress import queries
from milepost.web.goals import address
from milepost.web.goals.create_form import CreateForm
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


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Make a goal from a template."""
    user, now, account = signed_in(request), clock.now(), the_account()
    if reach(user, Capability.CREATE_GOALS) is Scope.NONE:
        raise NotAllowed(actions.NO_GOALS)
    form = CreateForm(request.POST or None, user=user, account=account, now=now)
    if form.is_valid():
        goal = form.create()
        messages.success(request, _("%(goal)s is published.") % {"goal": goal.name})
        return redirect(address.of(form.days_shown(goal)))
    return render(request, "goals/create.html", {"form": form, "place": "goals"})
