"""The fence: while a job runs, its thread writes to the database only as long as the job is its own."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

from milepost.worker.runs import Run

WRITES: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|WITH|MERGE)\b", re.IGNORECASE)


@contextmanager
def fenced(run: Run) -> Iterator[None]:
    """Every write in here first makes sure of the lease; without it `LeaseLost` ends the work.

    In a transaction nobody else can take the job until it ends: the row is locked, or on SQLite the database. A write
    outside of one has the whole of a lease that was just prolonged before it.
    """
    with connection.execute_wrapper(_Fence(run)):
        yield


class _Fence:
    """Stands between Django and the database."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._asking = False

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's form
        context: dict[str, Any],
    ) -> Any:
        if self._asking or not WRITES.match(sql):
            return execute(sql, params, many, context)
        self._asking = True
        try:
            self._run.hold()
        finally:
            self._asking = False
        return execute(sql, params, many, context)
