"""Business time of states that still run: the working clock of every calendar, as a table or a function of DuckDB."""

from milepost.calendars.slots import Database, Slots
from milepost.calendars.working_hours import Calendars
from milepost.metrics.parts import WORKED


def slots(db: Database, calendars: Calendars, *, until: int) -> Slots:
    """Make the table over all moments from the first fact on."""
    ((first,),) = db.execute("SELECT min(happened_at) FROM facts").fetchall()
    since = until if first is None else min(first, until)
    return Slots.create(db, calendars.schedules, since=since, until=until)


def prepare(db: Database, calendars: Calendars, *, until: int) -> None:
    """Make the function over the same moments."""
    slots(db, calendars, until=until).function(db, WORKED)
