"""The fact store: a folder of Parquet files that one process at a time writes and any number read."""

from milepost.tickets.store.lock import Busy
from milepost.tickets.store.reading import Store
from milepost.tickets.store.staging import Staged
from milepost.tickets.store.touched import Touched
from milepost.tickets.store.writing import Written, forget, rebuild, update, upgrade

__all__ = ["Busy", "Staged", "Store", "Touched", "Written", "forget", "rebuild", "update", "upgrade"]
