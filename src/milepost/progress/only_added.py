"""What is only added: the database itself refuses to change a verdict or to take it away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "progress_verdict"
SAID: Final = "A verdict is only added, never changed or deleted."
GUARDS: Final = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{act} BEFORE {act} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        for act in ("update", "delete")
    ),
    "postgresql": (
        f"""
        CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$
        """,
        f"""
        CREATE OR REPLACE TRIGGER {TABLE}_only_added BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
        """,
    ),
}
OPENED: Final = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS {TABLE}_no_{act}" for act in ("update", "delete")),
    "postgresql": (f"DROP TRIGGER IF EXISTS {TABLE}_only_added ON {TABLE}",),
}


def guard(connection: BaseDatabaseWrapper) -> None:
    """Have the database refuse. Twice is once."""
    _run(connection, GUARDS[connection.vendor])


def open_(connection: BaseDatabaseWrapper) -> None:
    """Let the database be emptied, with everything in it."""
    _run(connection, OPENED[connection.vendor])


@contextmanager
def emptying(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """While everything is taken away, verdicts go too."""
    open_(connection)
    try:
        yield
    finally:
        guard(connection)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
