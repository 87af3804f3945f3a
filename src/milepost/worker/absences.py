"""Following the calendars that say when people are absent."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.people import absence_feeds
from milepost.people.models import AbsenceFeed
from milepost.worker import queue
from milepost.worker.runs import Outcome, Run

FAILED: Final = gettext_noop("Calendars of absences that do not answer: %(count)s. What was known of them stays.")


def follow(run: Run) -> Outcome:
    """Read all of them, and have all goals calculated when somebody is absent on other days than was known."""
    changed = False
    for feed in AbsenceFeed.objects.select_related("person").order_by("pk"):
        if run.stopping.is_set():
            run.give_back()
            break
        changed = bool(absence_feeds.read(feed, now=run.now())) or changed
    failed = AbsenceFeed.objects.exclude(failure="").count()
    if changed:
        queue.ask("refresh", "refresh", now=run.now())
    return Outcome(complaint=FAILED, values={"count": failed}) if failed else Outcome()
