"""The page of a goal, and the acts on it: details, contributors, pipelines, the next year, the archive."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, NotFound, Refused
from milepost.formats.numbers import number
from milepost.goals import details, duplicating, joining, pipelines, team_ways
from milepost.goals.details import Details
from milepost.goals.holding import NOT_TO_CHANGE, Changed
from milepost.goals.models import Goal
from milepost.goals.told import changes_of
from milepost.people.models import Team, User
from milepost.progress import measure
from milepost.progress.goal_queries import NOTHING_HERE, detail, goal_table
from milepost.progress.reopening import waits_of
from milepost.sources import sync
from milepost.web.errors import sentence
from milepost.web.goals.changes import Changes, Told
from milepost.web.goals.detail_page import DetailPage
from milepost.web.goals.goal_forms import JoinForm, PipelinesForm
from milepost.web.goals.goal_page import GoalPage, Rights
from milepost.web.goals.pipeline_preview import preview
from milepost.web.goals.team_ways import choices
from milepost.web.people.signed_in import signed_in

CONFLICT = 409
UNCLEAR = 422


def visible_goal(pk: int, user: User) -> Goal:
    """A goal that the user may see; else nothing is there."""
    found = Goal.objects.visible_to(user, now=clock.now()).select_related("created_by").filter(pk=pk)
    for goal in found:
        return goal
    raise NotFound(NOTHING_HERE)


def editable_goal(pk: int, user: User) -> Goal:
    """A goal that the user may change; one that they only see says so."""
    goal = visible_goal(pk, user)
    if not may_edit(goal, user):
        raise NotAllowed(NOT_TO_CHANGE)
    return goal


def may_edit(goal: Goal, user: User) -> bool:
    """Whether the user may change the goal."""
    return Goal.objects.editable_by(user, now=clock.now()).filter(pk=goal.pk).exists()


def may_reopen(goal: Goal, user: User) -> bool:
    """Whether the user may open final results of the goal again."""
    return Goal.objects.reopenable_by(user, now=clock.now()).filter(pk=goal.pk, archived_at__isnull=True).exists()


def refreshed(goal: Goal) -> None:
    """Measure a goal anew, so that its numbers are right at once."""
    measure.refresh_one(goal, store=sync.store(), now=clock.now())


def page_of(goal: Goal, request: HttpRequest) -> GoalPage:
    """The page of a goal for whoever asks."""
    user, now, account = signed_in(request), clock.now(), the_account()
    told = changes_of(goal, reader=user, now=now)
    return GoalPage(
        goal_table(user, goal, now=now),
        Changes(goal, told, account=account, now=now, page=request.GET.get("page", "1")),
        account=account,
        show=request.GET.get("show", ""),
        rights=Rights(edit=may_edit(goal, user), reopen=may_reopen(goal, user)),
        waits=waits_of(goal, now=now),
        now=now,
    )


@require_GET
def goal(request: HttpRequest, goal: int) -> HttpResponse:
    """Contributors × milestones."""
    found = visible_goal(goal, signed_in(request))
    return render(request, "goals/goal.html", {"page": page_of(found, request), "place": "goals"})


@require_GET
def target(request: HttpRequest, goal: int, first_day: str, contributor: int) -> HttpResponse:
    """One target."""
    user, now, account = signed_in(request), clock.now(), the_account()
    found = visible_goal(goal, user)
    there = detail(user, found, contributor, first_day, store=sync.store(), now=now)
    told = changes_of(found, reader=user, now=now, contributor=there.line.contributor)
    changes = Changes(found, told, account=account, now=now, page=request.GET.get("page", "1"))
    rights = Rights(edit=may_edit(found, user), reopen=may_reopen(found, user))
    wait = waits_of(found, now=now).get(there.cell.milestone.pk)
    page = DetailPage(there, changes, account=account, rights=rights, wait=wait, now=now)
    return render(request, "goals/target.html", {"page": page, "place": "goals"})


@require_http_methods(["GET", "POST"])
def edit_details(request: HttpRequest, goal: int) -> HttpResponse:
    """Name, note, and what makes the teams."""
    user, now = signed_in(request), clock.now()
    found = editable_goal(goal, user)
    sent = {name: request.POST.get(name, getattr(found, name, "")) for name in ("name", "note", "team_by", "reason")}
    both = team_ways.are_both(Team.objects.filter(contributions__goal=found, contributions__removed_at__isnull=True))
    chosen = Goal.TeamBy(sent["team_by"]) if both and sent["team_by"] in set(Goal.TeamBy) else None
    wished = Details(sent["name"], sent["note"], chosen, sent["reason"])
    shown: dict[str, Any] = {"goal": found, "sent": sent, "place": "goals", "mistakes": {}}
    shown["ways"] = choices(sent["team_by"]) if both else []
    shown["since_change"] = newest_change(found, user)
    if request.method == "GET":
        return render(request, "goals/details.html", shown)
    problems = details.problems(found, wished, now=now)
    if problems:
        shown["mistakes"] = {field: sentence(refused) for field, refused in problems.items()}
        return render(request, "goals/details.html", shown, status=UNCLEAR)
    try:
        details.change(found, wished, seen=_revision(request), by=user, now=now)
    except Changed as changed:
        shown["conflict"] = sentence(changed)
        shown["meanwhile"] = meanwhile(found, request)
        return render(request, "goals/details.html", shown, status=CONFLICT)
    if chosen not in {None, found.team_by}:
        refreshed(found)
    messages.success(request, _("Saved."))
    return redirect("goal", found.pk)


@require_http_methods(["GET", "POST"])
def add_contributors(request: HttpRequest, goal: int) -> HttpResponse:
    """Somebody joins, from a milestone on."""
    user, now, account = signed_in(request), clock.now(), the_account()
    found = editable_goal(goal, user)
    sent = request.POST if request.method == "POST" else None
    form = JoinForm(found, user=user, account=account, now=now, sent=sent)
    if sent is not None and form.check() and form.since is not None:
        try:
            added = joining.add(found, form.chosen, since=form.since, value=form.target(), by=user, now=now)
        except Refused as refused:
            form.wrong("contributors", refused)
        else:
            refreshed(found)
            text = ngettext("%(count)s contributor added.", "%(count)s contributors added.", len(added))
            messages.success(request, text % {"count": number(len(added))})
            return redirect("goal", found.pk)
    status = UNCLEAR if form.mistakes else 200
    return render(request, "goals/join.html", {"goal": found, "form": form, "place": "goals"}, status=status)


@require_http_methods(["GET", "POST"])
def change_pipelines(request: HttpRequest, goal: int) -> HttpResponse:
    """Which pipelines count, with a preview of what changes."""
    user, now, account = signed_in(request), clock.now(), the_account()
    found = editable_goal(goal, user)
    asked = request.POST if request.method == "POST" else request.GET
    form = PipelinesForm(goal_table(user, found, now=now), account=account, now=now, asked=asked)
    shown: dict[str, Any] = {"goal": found, "form": form, "place": "goals"}
    shown["since_change"] = newest_change(found, user)
    move = form.move
    if move is None or "since" not in asked:
        return render(request, "goals/pipelines.html", shown)
    shown["lines"] = preview(found, move, form, now=now)
    if "save" not in request.POST:
        return render(request, "goals/pipelines.html", shown)
    form.mend(pipelines.problems(found, move, now=now))
    if form.mistakes:
        return render(request, "goals/pipelines.html", shown, status=UNCLEAR)
    try:
        pipelines.change(found, move, seen=_revision(request), by=user, now=now)
    except Changed as changed:
        shown |= {"conflict": sentence(changed), "meanwhile": meanwhile(found, request)}
        return render(request, "goals/pipelines.html", shown, status=CONFLICT)
    refreshed(found)
    messages.success(request, _("Saved."))
    return redirect("goal", found.pk)


@require_POST
def duplicate(request: HttpRequest, goal: int) -> HttpResponse:
    """The same goal over the next year."""
    user, now = signed_in(request), clock.now()
    found = visible_goal(goal, user)
    copy = duplicating.duplicate(found, account=the_account(), form_key=_key(request), by=user, now=now)
    messages.success(request, _("%(goal)s is published.") % {"goal": copy.name})
    return redirect("goal", copy.pk)


def newest_change(goal: Goal, user: User) -> int:
    """The newest change that the user may read of: what comes after it came meanwhile."""
    newest = changes_of(goal, reader=user, now=clock.now()).aggregate(newest=Max("pk"))["newest"]
    return int(newest or 0)


def meanwhile(goal: Goal, request: HttpRequest) -> list[Told]:
    """What was changed since the editor opened the form, in sentences."""
    user, now = signed_in(request), clock.now()
    since = request.POST.get("since_change", "")
    told = changes_of(goal, reader=user, now=now).filter(pk__gt=int(since) if since.isdecimal() else 0)
    goal.refresh_from_db()
    return list(Changes(goal, told, account=the_account(), now=now).told)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else 0


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise NotFound(NOTHING_HERE) from error
