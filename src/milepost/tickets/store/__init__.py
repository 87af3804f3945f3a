"""The fact store: a folder of Parquet files that one process at a time writes and any number read."""

from milepost.tickets.store.lock import Busy
from milepost.tickets.store.merging import Counts
from milepost.tickets.store.reading import Store
from milepost.tickets.store.staging import Staged
from milepost.tickets.store.told import ToldEvent, told_events
from milepost.tickets.store.touched import Touched
from milepost.tickets.store.work import groups_of
from milepost.tickets.store.writing import Written, compare, forget, rebuild, update, upgrade

__all__ = [
    "Busy",
    "Counts",
    "Staged",
    "Store",
    "ToldEvent",
    "Touched",
    "Written",
    "compare",
    "forget",
    "groups_of",
    "rebuild",
    "told_events",
    "update",
    "upgrade",
]
