"""Reopening a final result, and making final what only a person can. Each asks on a page of its own, with a reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, NotFound, Refused
from milepost.formats.numbers import number
from milepost.goals.holding import NOT_TO_CHANGE
from milepost.goals.models import Goal
from milepost.people.models import User
from milepost.progress import reopening
from milepost.progress.goal_queries import NOTHING_HERE, Cell, Detail, detail
from milepost.progress.reopening import Basis
from milepost.sources import sync
from milepost.web.errors import sentence
from milepost.web.goals import amounts
from milepost.web.goals.goal_page import target_address
from milepost.web.goals.goal_views import UNCLEAR, may_reopen, visible_goal
from milepost.web.goals.periods import period_name
from milepost.web.people.signed_in import signed_in


@dataclass
class Asked:
    """What a page asks, and what was answered. `act` does it and says that it is done."""

    template: str
    goal: Goal
    act: Callable[[str], str]
    done: str
    shown: dict[str, Any] = field(default_factory=dict)


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, goal: int, first_day: str, contributor: int) -> HttpResponse:
    """A result becomes provisional again."""
    user, now = signed_in(request), clock.now()
    found = _reopenable(goal, user)
    there = detail(user, found, contributor, first_day, store=sync.store(), now=now)

    def act(reason: str) -> str:
        reopening.reopen(there.cell.target, reason=reason, store=sync.store(), by=user, now=now)
        return _("Reopened.")

    return _answer(request, Asked("goals/reopen.html", found, act, target_address(found, there.cell), _who(there)))


@require_http_methods(["GET", "POST"])
def finalise(request: HttpRequest, goal: int, first_day: str, contributor: int) -> HttpResponse:
    """A reopened result is judged anew: as of the end, or with later changes."""
    user, now = signed_in(request), clock.now()
    found = _reopenable(goal, user)
    there = detail(user, found, contributor, first_day, store=sync.store(), now=now)
    asked = request.POST.get("basis", "")
    chosen = Basis(asked) if asked in Basis.values else Basis.END

    def act(reason: str) -> str:
        target = there.cell.target
        reopening.finalise(target, basis=chosen, reason=reason, store=sync.store(), by=user, now=now)
        return _("The result is final.")

    shown = _who(there) | {"choices": _choices(there.cell, chosen) if there.cell.reopened else []}
    return _answer(request, Asked("goals/finalise.html", found, act, target_address(found, there.cell), shown))


@require_http_methods(["GET", "POST"])
def finalise_period(request: HttpRequest, goal: int, first_day: str) -> HttpResponse:
    """A milestone that has waited long for a source is judged without it."""
    user, now = signed_in(request), clock.now()
    found = _reopenable(goal, user)
    for milestone in found.milestones.all():
        if milestone.first_day.isoformat() == first_day:
            break
    else:
        raise NotFound(NOTHING_HERE)

    def act(reason: str) -> str:
        count = reopening.finalise_waiting(milestone, reason=reason, store=sync.store(), by=user, now=now)
        return ngettext("%(count)s result is final.", "%(count)s results are final.", count) % {"count": number(count)}

    wait = reopening.waits_of(found, now=now).get(milestone.pk)
    account = the_account()
    today = now.astimezone(ZoneInfo(account.zone)).date()
    shown = {
        "period": period_name(found, milestone, account, today=today),
        "sources": "" if wait is None else ", ".join(wait.behind),
    }
    return _answer(request, Asked("goals/finalise.html", found, act, reverse("goal", args=[found.pk]), shown))


def _reopenable(goal: int, user: User) -> Goal:
    """A goal that the user sees and whose final results they may open again."""
    found = visible_goal(goal, user)
    if not may_reopen(found, user):
        raise NotAllowed(NOT_TO_CHANGE)
    return found


def _who(there: Detail) -> dict[str, Any]:
    return {"name": there.line.name, "final": amounts.amount(there.cell.shown, there.cell.measure)}


def _choices(cell: Cell, chosen: Basis) -> list[tuple[str, str, str, bool]]:
    """Key, name, the value it comes to, and whether it is chosen."""
    names = {Basis.END: _("As of the end of the period"), Basis.LATER: _("With later changes")}
    values = reopening.choices(cell.target, store=sync.store(), now=cell.now)
    return [
        (basis.value, names[basis], amounts.amount(values[basis], cell.measure), basis is chosen) for basis in Basis
    ]


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    reason = request.POST.get("reason", "")
    shown = {"goal": asked.goal, "place": "goals", "reason": reason, "back": asked.done, "mistakes": {}, **asked.shown}
    if request.method == "GET":
        return render(request, asked.template, shown)
    try:
        messages.success(request, asked.act(reason))
    except Refused as refused:
        shown["mistakes"] = {"reason": sentence(refused)}
        return render(request, asked.template, shown, status=UNCLEAR)
    return redirect(asked.done)
