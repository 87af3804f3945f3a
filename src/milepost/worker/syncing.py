"""Reading a source that is connected: a watched folder, a help desk, or what was sent to us."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from milepost.account.queries import the_account
from milepost.base.marks import gettext_noop
from milepost.sources import folders, help_desks, taking
from milepost.sources.models import Source
from milepost.tickets.store import Busy
from milepost.worker import queue
from milepost.worker.runs import Outcome, Run

SOON: Final = timedelta(seconds=15)
DAY: Final = timedelta(days=1)
REFUSED: Final = gettext_noop("%(file)s could not be read and is left aside until it changes: %(reason)s")


def sync(run: Run) -> Outcome:
    """Read what changed at the source, and have all goals calculated when something did.

    While something else writes facts, or a file may not be whole, it looks again soon.
    """
    source = Source.objects.get(slug=run.subject)
    try:
        changed, outcome = _way(source)(run, source)
    except Busy:
        return Outcome(again=SOON)
    with run.finishing(outcome):
        # A run that was killed may have changed the facts without saying so.
        if changed or run.job.attempts:
            queue.ask("refresh", "refresh", now=run.now())
    return outcome


def _way(source: Source) -> Callable[[Run, Source], tuple[int, Outcome]]:
    """How a source is read."""
    if source.is_inbound:
        return _inbound
    return _folder if source.make == Source.Make.FOLDER else _help_desk


def _inbound(run: Run, source: Source) -> tuple[int, Outcome]:
    """What was sent to us since."""
    taken = taking.take(source, clock=run.now, zone=_zone(), stopped=run.stopping.is_set)
    return taken.changed, Outcome(again=None if taken.whole else timedelta(0))


def _folder(run: Run, source: Source) -> tuple[int, Outcome]:
    look = folders.read(source, clock=run.now, zone=_zone(), stopped=run.stopping.is_set)
    again = SOON if look.waits else None
    if not look.refused:
        return look.changed, Outcome(again=again)
    first = look.refused[0]
    reason = first.error % first.error_values if first.error_values else first.error
    return look.changed, Outcome(again=again, complaint=REFUSED, values={"file": first.name, "reason": reason})


def _help_desk(run: Run, source: Source) -> tuple[int, Outcome]:
    """What changed; once a day, as the last thing, what is not there any more."""
    with help_desks.connector(source) as desk:
        synced = help_desks.sync(source, desk, clock=run.now, zone=_zone(), stopped=run.stopping.is_set)
        changed, whole = synced.changed, synced.whole
        if whole and _is_old(source, run):
            reconciled = help_desks.reconcile(source, desk, clock=run.now, stopped=run.stopping.is_set)
            changed, whole = changed + reconciled.changed, reconciled.whole
    return changed, Outcome(again=None if whole else timedelta(0))


def _is_old(source: Source, run: Run) -> bool:
    return source.reconciled_at is None or run.now() - source.reconciled_at >= DAY


def _zone() -> ZoneInfo:
    return ZoneInfo(the_account().zone)
