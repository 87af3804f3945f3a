"""The card of the demo data: whether they can be loaded, how far that is, or that they are there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.demo.loading import WHOLE
from milepost.sources import apart
from milepost.sources.models import Demo
from milepost.worker import queries
from milepost.worker.queries import State

# A worker that is at work looks for a job every second.
TAKEN_WITHIN: Final = timedelta(seconds=20)
OFFERED: Final = gettext_noop(
    "The tickets of a real help desk up to yesterday, with people, teams and goals. One click to load, two to remove."
)
HERE: Final = gettext_noop(
    "Everything is loaded: look around and try it. Nothing of it is sent by e-mail or posted to a channel."
)
WAITS: Final = gettext_noop("It begins in a moment.")
NOT_TAKEN: Final = gettext_noop(
    "No worker has begun with it yet. Demo data are loaded while “milepost up” or “milepost worker” runs."
)
READS: Final = gettext_noop("The log of the help desk is being read.")
WORKS_OUT: Final = gettext_noop(
    "The log is read. Its tickets are being worked out and goals set over them, which may take a minute."
)
FAILED: Final = gettext_noop("The demo data could not be loaded, and nothing of them was kept. %(error)s")
FAILED_AGAIN: Final = gettext_noop(
    "The demo data could not be loaded, and nothing of them was kept. It is tried again soon. %(error)s"
)


class Stage(StrEnum):
    """Where the demo data are on their way."""

    OFFERED = "offered"
    UNDER_WAY = "under_way"
    FAILED = "failed"
    HERE = "here"


@dataclass(frozen=True)
class Card:
    """What the card shows. `percent` is how much was read; None where that is not what is being done."""

    stage: Stage
    said: str
    percent: int | None = None


def card(*, now: datetime) -> Card | None:
    """The card as things stand now; none where there are real data."""
    if apart.is_real_here():
        return None
    demo = Demo.objects.first()
    if apart.is_demo_here():
        # What an earlier version loaded says nothing of what came with it: `milepost demo` loads it anew.
        return None if demo is None else Card(Stage.HERE, _(HERE))
    if demo is None:
        return Card(Stage.OFFERED, _(OFFERED))
    if demo.error:
        return Card(Stage.FAILED, _(FAILED) % {"error": _filled(demo.error, demo.error_values)})
    return _under_way(demo, now)


def _under_way(demo: Demo, now: datetime) -> Card:
    job = queries.job("demo", now=now)
    if job is None or job.state is not State.RUNNING:
        if job is not None and job.attempts:
            return Card(Stage.UNDER_WAY, _(FAILED_AGAIN) % {"error": _filled(job.error, job.error_values)})
        return Card(Stage.UNDER_WAY, _(WAITS) if now - demo.asked_at < TAKEN_WITHIN else _(NOT_TAKEN))
    if demo.percent < WHOLE:
        return Card(Stage.UNDER_WAY, _(READS), demo.percent)
    return Card(Stage.UNDER_WAY, _(WORKS_OUT))


def _filled(text: str, values: dict[str, str]) -> str:
    return _(text) % values if values else _(text)
