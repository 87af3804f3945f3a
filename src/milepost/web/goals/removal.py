"""Removing contributors from their goals: what is ticked on the overview goes, after a question where results exist."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from milepost.base import clock
from milepost.formats.numbers import number
from milepost.goals import actions
from milepost.goals.models import Target
from milepost.people.models import User
from milepost.progress.filters import Targets, stated
from milepost.progress.rows import JUDGED
from milepost.web.back import back_to
from milepost.web.goals import removed
from milepost.web.goals.ticked import ticked
from milepost.web.people.signed_in import signed_in


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove the contributors of the ticked rows; where they have results, their number must be typed first."""
    user, now = signed_in(request), clock.now()
    keys = ticked(request)
    contributors = _contributors(user, keys, now)
    if not contributors:
        return redirect(back_to(request, "goals"))
    count = len(contributors)
    judged = _judged(user, contributors, now)
    if judged and request.POST.get("count", "").strip() != str(count):
        shown = {"rows": judged, "keys": keys, "count": count, "asked": "count" in request.POST}
        return render(request, "goals/remove.html", {**shown, "next": back_to(request, "goals"), "place": "goals"})
    gone = actions.remove(contributors, by=user, now=now)
    if gone:
        removed.remember(request, gone, now=now)
    return redirect(back_to(request, "goals"))


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Bring back whoever was removed last."""
    user, now = signed_in(request), clock.now()
    last = removed.recall(request, now=now)
    if last is not None:
        back = actions.bring_back(last.contributors, by=user, now=now)
        text = ngettext("%(count)s contributor is back.", "%(count)s contributors are back.", len(back))
        messages.success(request, text % {"count": number(len(back))})
    removed.forget(request)
    return redirect(back_to(request, "goals"))


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Offer to undo no longer."""
    removed.forget(request)
    return redirect(back_to(request, "goals"))


def _contributors(user: User, targets: Sequence[int], now: datetime) -> list[int]:
    """Whose rows these are. A row that the user does not see is not there."""
    seen = Target.objects.visible_to(user, now=now).filter(pk__in=targets)
    found = dict(seen.values_list("pk", "contributor"))
    if len(found) != len(set(targets)):
        raise Http404
    return sorted(set(found.values()))


def _judged(user: User, contributors: Sequence[int], now: datetime) -> int:
    """How many milestones that have ended with a result they have."""
    ended: Targets = Target.objects.visible_to(user, now=now).filter(
        contributor__in=contributors, milestone__end__lte=now
    )
    judged = ended.annotate(status=stated(now)).filter(status__in=[status.value for status in JUDGED])
    return int(judged.count())
