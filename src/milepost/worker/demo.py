"""Loading the demo desk for whoever asked for it on a page."""

from datetime import timedelta
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.demo import loading
from milepost.sources.models import Demo
from milepost.tickets.store import Busy
from milepost.worker import queue
from milepost.worker.runs import DONE, LeaseLost, Outcome, Run

SOON: Final = timedelta(seconds=5)
NOT_WRITTEN: Final = gettext_noop("The folder of the data could not be written: %(error)s.")


def load_demo(run: Run) -> Outcome:
    """Load it as a whole, or leave nothing of it and keep why.

    What a killed worker left is taken away first. While something else writes facts it is tried again soon.
    """
    try:
        loading.clear()
        demo = loading.wished()
        if demo is None:
            return DONE
        return _load(demo, run)
    except Busy:
        return Outcome(again=SOON)


def _load(demo: Demo, run: Run) -> Outcome:
    try:
        loading.load(by=loading.who_asked(demo), now=run.now(), progress=loading.note)
    except (Busy, LeaseLost):
        # Busy wrote nothing, and what is there may be of the worker that has taken over.
        raise
    except Refused as error:
        return _given_up(error)
    except OSError as error:
        return _given_up(Refused(NOT_WRITTEN, error=error.strerror or str(error)))
    except BaseException:
        loading.clear()
        raise
    queue.ask("refresh", "refresh", now=run.now())
    return DONE


def _given_up(error: Refused) -> Outcome:
    is_wished = loading.give_up(error)
    loading.clear()
    return Outcome(complaint=error.message, values=error.values) if is_wished else DONE
