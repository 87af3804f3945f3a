"""What is posted to a hook."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from milepost.account.queries import the_account
from milepost.account.sealed import unseal
from milepost.notifications import letters, wording
from milepost.notifications.channels import formats, http
from milepost.notifications.channels.formats import Line
from milepost.notifications.models import Delivery, Hook, Notice


def post(delivery: Delivery, hook: Hook, *, now: datetime) -> bool:
    """Post it; whether there was something to say."""
    notices = letters.notices_to_send(delivery, now=now)
    if notices:
        send(hook, _lines(notices, hook, now), message_id=str(delivery.message_id), now=now)
    return bool(notices)


def send(hook: Hook, lines: Sequence[Line], *, message_id: str, now: datetime) -> None:
    """Post these lines, in the form and with the signature that the hook takes."""
    make = Hook.Make(hook.make)
    document = {Hook.Make.SLACK: formats.slack, Hook.Make.TEAMS: formats.teams, Hook.Make.WEBHOOK: formats.webhook}
    body = formats.encoded(document[make](lines))
    signed = make is Hook.Make.WEBHOOK
    headers = formats.signed(message_id, int(now.timestamp()), body, unseal(hook.key)) if signed else {}
    http.post(unseal(hook.address), body, headers)


def trial(hook: Hook) -> Line:
    """A line that says that the channel works."""
    with override(hook.language):
        title, line = _("Milepost can post here"), _("This is a trial. Nothing has happened.")
    return Line(title, line, settings.ADDRESS, {"kind": "trial"})


def _lines(notices: Sequence[Notice], hook: Hook, now: datetime) -> list[Line]:
    account = the_account()
    today = now.astimezone(ZoneInfo(account.zone)).date()
    with override(hook.language):
        told = [(one, wording.worded(one, account=account, today=today)) for one in notices[: letters.MOST]]
    return [Line(words.title, words.line, words.address, _data(one, words.address)) for one, words in told]


def _data(notice: Notice, address: str) -> dict[str, object]:
    target = notice.target
    kept = notice.numbers
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "occasion": notice.occasion,
        "goal": {"id": target.contributor.goal_id, "name": target.contributor.goal.name},
        "contributor": {"id": target.contributor_id, "name": str(target.contributor)},
        "milestone": {
            "first_day": target.milestone.first_day.isoformat(),
            "after_day": target.milestone.after_day.isoformat(),
        },
        "target": kept.get("wished"),
        "actual": kept.get("shown"),
        "progress": kept.get("progress"),
        "pace": kept.get("pace"),
        "url": address,
    }
