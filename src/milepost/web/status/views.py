"""The jobs: what was done, what is next, what failed and why; and asking for one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, NotFound
from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.goals.visibility import reach
from milepost.people.roles import Capability, Scope
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import may_see_status
from milepost.worker import queries, queue
from milepost.worker.queries import NAMES, State

# What each state is shown by, beside its name: an icon of the sprite.
ICONS: Final = {
    State.RUNNING: "forward",
    State.ASKS: "warning",
    State.FAILED: "warning",
    State.OVERDUE: "pending",
    State.WAITING: "check",
}


@dataclass(frozen=True)
class Row:
    """A job as the page shows it."""

    name: str
    title: str
    state: str
    icon: str
    bad: bool
    done: str
    due: str
    said: str


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """All jobs."""
    _for_administrators(request)
    jobs = queries.jobs(now=clock.now())
    zone = ZoneInfo(the_account().zone)
    page = {
        "rows": [_row(job, zone) for job in jobs],
        "nobody": not jobs or queries.is_nobody_at_work(jobs),
        "place": "status",
    }
    return render(request, "status/status.html", page)


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try a job again now."""
    _for_administrators(request)
    queue.retry(request.POST.get("job", ""), now=clock.now())
    messages.success(request, _("It is tried again now. Load the page again in a moment."))
    return redirect("status")


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Calculate all goals now: for whoever may set one. Goes back to the page that asked."""
    if reach(signed_in(request), Capability.CREATE_GOALS) is Scope.NONE:
        raise NotAllowed(gettext_noop("You can see this but not change it."))
    queue.ask("refresh", "refresh", now=clock.now())
    messages.success(request, _("All goals are being calculated. Load the page again in a moment."))
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if ours else "goals")


def _for_administrators(request: HttpRequest) -> None:
    if not may_see_status(signed_in(request)):
        raise NotFound(gettext_noop("Nothing here."))


def _row(job: queries.Shown, zone: ZoneInfo) -> Row:
    error = _(job.error) if job.error else ""
    return Row(
        name=job.name,
        title=_(job.title) % {"source": _(job.source)} if job.source else _(job.title),
        state=_(NAMES[job.state]),
        icon=ICONS[job.state],
        bad=job.state in {State.ASKS, State.FAILED, State.OVERDUE} or bool(error),
        done=_moment(job.done_at, zone),
        due=_moment(job.due_at, zone),
        said=error % job.error_values if job.error_values else error,
    )


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return "–" if at is None else dates.moment(at, zone)
