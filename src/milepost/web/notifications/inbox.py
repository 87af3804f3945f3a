"""The inbox: a page of notices, and reading them."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.notifications import inbox as notices
from milepost.notifications import wording
from milepost.notifications.kinds import Kind
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in

ICONS: Final = {
    Kind.KICKOFF: "flag",
    Kind.WEEKLY_PROGRESS: "rows",
    Kind.BEHIND_PACE: "behind",
    Kind.ACHIEVED: "achieved",
    Kind.EXCEEDED: "exceeded",
    Kind.MISSED: "missed",
    Kind.EDITED: "edit",
    Kind.CORRECTED: "undo",
}


@dataclass(frozen=True)
class Entry:
    """A notice as the page shows it."""

    key: str
    kind: str
    icon: str
    words: wording.Worded
    moment: str
    unread: bool


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What the reader was told, the newest first."""
    user, now, account = signed_in(request), clock.now(), the_account()
    zone = ZoneInfo(account.zone)
    page = paged(request, notices.notices(user, now=now))
    entries = [
        Entry(
            key=str(one.pk),
            kind=one.kind,
            icon=ICONS[Kind(one.kind)],
            words=wording.worded(one, account=account, today=now.astimezone(zone).date()),
            moment=dates.moment(one.visible_at, zone),
            unread=one.read_at is None,
        )
        for one in page.rows
    ]
    context = {"page": page, "entries": entries, "unread": notices.unread(user, now=now), "place": "inbox"}
    return render(request, "notices/inbox.html", context)


@require_GET
def open_notice(request: HttpRequest, notice: int) -> HttpResponse:
    """Go to what a notice is about; it has been read."""
    user, now = signed_in(request), clock.now()
    for one in notices.notices(user, now=now).filter(pk=notice):
        notices.read(user, [one.pk], now=now)
        return redirect(wording.path(one))
    raise NotFound(gettext_noop("Nothing here."))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that has come so far was read."""
    notices.read_all(signed_in(request), now=clock.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("inbox")
