"""Telling people: what is new, the digests of the week, and the messages that are due."""

from datetime import timedelta
from typing import Final

from milepost.goals.models import Goal
from milepost.notifications import sending, watch
from milepost.notifications.digest import writing
from milepost.notifications.models import Hook
from milepost.notifications.sending import Sent
from milepost.worker.runs import Outcome, Run

AT_ONCE: Final = timedelta(0)


def notice(run: Run) -> Outcome:
    """Look at all goals, for what the clock alone makes new, edits and verdicts; and write the digests that are due."""
    now = run.now()
    watch.look(Goal.objects.filter(archived_at__isnull=True), now=now)
    writing.write_due(now=now)
    return Outcome()


def mail(run: Run) -> Outcome:
    """Send the e-mail that is due."""
    return _outcome(run, sending.send_mail(clock=run.now, stopped=run.stopping.is_set))


def post(run: Run) -> Outcome:
    """Post to one hook what is due."""
    hook = Hook.objects.get(pk=int(run.subject))
    return _outcome(run, sending.post(hook, clock=run.now, stopped=run.stopping.is_set))


def _outcome(run: Run, sent: Sent) -> Outcome:
    if run.stopping.is_set():
        run.give_back()
    return Outcome(again=AT_ONCE if sent.more else None)
