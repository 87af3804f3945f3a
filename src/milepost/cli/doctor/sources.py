"""The sources: they answer, and their clocks are not ahead of ours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning
from milepost.sources.models import Source

LATE: Final = timedelta(minutes=30)
SILENT: Final = timedelta(days=1)
# What a help desk writes may be this much ahead before it counts in the wrong hour.
AHEAD: Final = timedelta(minutes=5)


def findings(*, now: datetime) -> Iterator[Finding]:
    """All of it."""
    sources = list(Source.objects.filter(disconnected_at__isnull=True).order_by("slug"))
    if not sources:
        yield warning(
            "sources",
            gettext_noop("No tickets are read yet. Use one of: milepost import, milepost watch, milepost connect"),
        )
    for source in sources:
        yield _answers(source, now)
        yield _clock(source, now)


def _answers(source: Source, now: datetime) -> Finding:
    since = source.answered_at or source.connected_at
    if source.is_inbound:
        return _sends(source, now - since)
    if source.is_asked and now - since > LATE:
        return failure(
            "sources",
            gettext_noop("%(source)s has not answered for %(minutes)s min. The command milepost jobs says why."),
            source=source.slug,
            minutes=int((now - since).total_seconds()) // 60,
        )
    if source.is_asked:
        return ok("sources", gettext_noop("%(source)s answers."), source=source.slug)
    return ok("sources", gettext_noop("%(source)s is read when somebody imports a file."), source=source.slug)


def _sends(source: Source, silent: timedelta) -> Finding:
    """One that sends heartbeats should every few minutes; of the others nobody knows when there is something to say."""
    minutes = int(silent.total_seconds()) // 60
    if silent > (LATE if source.is_asked else SILENT):
        return warning(
            "sources",
            gettext_noop("%(source)s has sent nothing for %(minutes)s min. Look at whatever sends to it."),
            source=source.slug,
            minutes=minutes,
        )
    return ok("sources", gettext_noop("%(source)s is sent to us."), source=source.slug)


def _clock(source: Source, now: datetime) -> Finding:
    """Of files it is the newest event that says how far a source was read: none can be of later than now."""
    until = source.complete_until
    if source.make != Source.Make.DEMO and until is not None and until > now + AHEAD:
        return warning(
            "clocks of sources",
            gettext_noop(
                "%(source)s tells of events %(minutes)s min ahead of this machine. Check both clocks and the time "
                "zone of its mapping."
            ),
            source=source.slug,
            minutes=int((until - now).total_seconds()) // 60,
        )
    return ok("clocks of sources", gettext_noop("Nothing in %(source)s is of later than now."), source=source.slug)
