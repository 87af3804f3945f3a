"""Prorating a target for absences: one click takes the offer that was shown, as an edit with its reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milepost.base import clock
from milepost.base.errors import NotFound, Refused
from milepost.goals import editing
from milepost.goals.editing import Edit
from milepost.goals.holding import Changed
from milepost.goals.models import Goal
from milepost.people.models import User
from milepost.progress.goal_queries import NOTHING_HERE, Cell, Line, goal_table
from milepost.web.errors import sentence
from milepost.web.goals.goal_page import target_address
from milepost.web.goals.goal_views import editable_goal, refreshed
from milepost.web.goals.prorating import Offer, offer
from milepost.web.people.signed_in import signed_in


@require_POST
def prorate(request: HttpRequest, goal: int, first_day: str, contributor: int) -> HttpResponse:
    """Set a target to what is offered for it, if that is still what was shown."""
    user = signed_in(request)
    found = editable_goal(goal, user)
    line, cell = _place(found, first_day, contributor, user)
    offered, shown = offer(line, cell), request.POST.get("value", "")
    if offered is None or offered.typed != shown:
        messages.error(request, _("The absences or the target have changed meanwhile. Look at what is offered now."))
    else:
        _take(request, found, cell, offered)
    return redirect(target_address(found, cell))


def _take(request: HttpRequest, goal: Goal, cell: Cell, offered: Offer) -> None:
    key, revision = cell.target.pk, request.POST.get("revision", "")
    wholes = {} if offered.whole is None else {key: offered.whole}
    edit = Edit({key: offered.value}, reason=offered.arithmetic, wholes=wholes)
    seen = int(revision) if revision.isdecimal() else 0
    try:
        editing.save(cell.target.contributor, edit, seen=seen, by=signed_in(request), now=clock.now())
    except (Changed, Refused) as refused:
        messages.error(request, sentence(refused))
    else:
        refreshed(goal)
        messages.success(request, _("Saved."))


def _place(goal: Goal, first_day: str, contributor: int, user: User) -> tuple[Line, Cell]:
    lines = (line for line in goal_table(user, goal, now=clock.now()).lines if line.contributor.pk == contributor)
    for line in lines:
        for cell in line.cells.values():
            if cell.milestone.first_day.isoformat() == first_day:
                return line, cell
    raise NotFound(NOTHING_HERE)
