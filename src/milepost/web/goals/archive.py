"""The archive: goals that were taken out of the lists, and the way back."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.goals import actions
from milepost.goals.models import Goal, Goals
from milepost.people.models import User
from milepost.web.back import back_to
from milepost.web.errors import sentence
from milepost.web.goals.archive_page import ArchivePage
from milepost.web.people.signed_in import signed_in

PAGE = 50


@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    """Archived goals that the reader may see, the newest first."""
    user, now = signed_in(request), clock.now()
    contributors = Count("contributors", filter=Q(contributors__removed_at__isnull=True))
    found = archived(user, now=now).annotate(people=contributors).order_by("-archived_at", "pk")
    goals = Paginator(found, PAGE).get_page(request.GET.get("page"))
    deletable = Goal.objects.deletable_by(user, now=now).filter(pk__in=[goal.pk for goal in goals])
    page = ArchivePage(goals, set(deletable.values_list("pk", flat=True)), account=the_account(), now=now)
    return render(request, "goals/archive.html", {"page": page, "place": "goals"})


@require_POST
def put_away(request: HttpRequest, goal: int) -> HttpResponse:
    """Archive a goal."""
    user, now = signed_in(request), clock.now()
    found = get_object_or_404(Goal.objects.visible_to(user, now=now), pk=goal)
    actions.archive(found, by=user, now=now)
    messages.success(request, _("%(goal)s is in the archive.") % {"goal": found.name})
    return redirect(back_to(request, "goals"))


@require_POST
def restore(request: HttpRequest, goal: int) -> HttpResponse:
    """Put a goal back into the lists."""
    user, now = signed_in(request), clock.now()
    found = get_object_or_404(Goal.objects.visible_to(user, now=now), pk=goal)
    try:
        actions.restore(found, by=user, now=now)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("%(goal)s is back among the goals.") % {"goal": found.name})
    return redirect("archive")


def archived(user: User, *, now: datetime) -> Goals:
    """What the user may see of the archive."""
    return Goal.objects.visible_to(user, now=now).filter(archived_at__isnull=False)
