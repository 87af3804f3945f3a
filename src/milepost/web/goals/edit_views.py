"""The edit panel: a part over the page it was opened from, or, loaded by itself, over the page of its goal."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotFound
from milepost.goals import editing
from milepost.goals.holding import Changed
from milepost.goals.models import Goal
from milepost.people.models import User
from milepost.progress.goal_queries import NOTHING_HERE, Cell, GoalTable, Line, goal_table
from milepost.web.goals.edit_panel import TABS, EditPanel
from milepost.web.goals.goal_views import editable_goal, meanwhile, newest_change, page_of, refreshed
from milepost.web.people.signed_in import signed_in


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, goal: int) -> HttpResponse:
    """Targets and notices of one contributor."""
    user, now, account = signed_in(request), clock.now(), the_account()
    found = editable_goal(goal, user)
    sent = request.POST if request.method == "POST" else None
    panel = EditPanel(*_opened(request, found, user), account=account, now=now, sent=sent)
    if sent is None or "prorate" in sent:
        return _shown(request, panel)
    edit = panel.edit
    panel.mend(editing.problems(panel.line.contributor, edit, now=now))
    revision = sent.get("revision", "")
    try:
        if not panel.mistakes:
            seen = int(revision) if revision.isdecimal() else 0
            editing.save(panel.line.contributor, edit, seen=seen, by=user, now=now)
            refreshed(found)
            messages.success(request, _("Saved."))
            return _saved(request, found)
    except Changed:
        return _conflict(request, panel)
    if revision != str(found.revision):
        return _conflict(request, panel)
    return _shown(request, panel, HTTPStatus.UNPROCESSABLE_ENTITY)


def _conflict(request: HttpRequest, panel: EditPanel) -> HttpResponse:
    """Nothing was saved: what changed meanwhile is told, and what was typed stays."""
    panel.meanwhile = meanwhile(panel.goal, request)
    return _shown(request, panel, HTTPStatus.CONFLICT)


def _opened(request: HttpRequest, goal: Goal, user: User) -> tuple[GoalTable, Line, Cell]:
    """The row and the cell of the target that is asked for."""
    table = goal_table(user, goal, now=clock.now())
    asked = request.GET.get("target", "")
    for line in table.lines:
        for cell in line.cells.values():
            if str(cell.target.pk) == asked:
                return table, line, cell
    raise NotFound(NOTHING_HERE)


def _shown(request: HttpRequest, panel: EditPanel, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    tab = request.GET.get("tab", TABS[0])
    newest = newest_change(panel.goal, signed_in(request))
    shown = {
        "panel": panel,
        "tab": tab if tab in TABS else TABS[0],
        "tabs": panel.tabs(tab if tab in TABS else TABS[0]),
        "since_change": newest,
        "place": "goals",
    }
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "goals/edit_panel.html", shown, status=status)
    else:
        answer = render(request, "goals/edit.html", shown | {"page": page_of(panel.goal, request)}, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _saved(request: HttpRequest, goal: Goal) -> HttpResponse:
    """Back to the page it was opened from, which its script loads again; without one, to the page of the goal."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("goal", goal.pk)
