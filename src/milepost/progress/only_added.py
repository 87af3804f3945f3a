"""What is only added: the database itself refuses to change a verdict or to take it away.

One that rests on nothing but demo data may be taken away, as the demo is. That stands in the verdict itself: it names
the sources that it was judged by, and cannot be changed afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "progress_verdict"
SAID: Final = "A verdict is only added, never changed or deleted."
# The names of demo desks are as `sources.apart` has them: no real source has one.
# Whether a verdict was judged by sources, and by none that is no demo desk. No other table is asked: a trigger that
# names one would stand in the way of every later change of it on SQLite.
IS_OF_DEMO: Final = {
    "sqlite": (
        "OLD.watermarks <> '{}' AND NOT EXISTS "
        "(SELECT 1 FROM json_each(OLD.watermarks)"
        " WHERE key NOT GLOB 'demo-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]')"
    ),
    "postgresql": (
        "OLD.watermarks <> '{}' AND NOT EXISTS "
        "(SELECT 1 FROM jsonb_object_keys(OLD.watermarks) AS name WHERE name !~ '^demo-[0-9]{8}$')"
    ),
}
REFUSES: Final = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
GUARDS: Final = {
    "sqlite": (
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_update BEFORE UPDATE ON {TABLE} {REFUSES}",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_delete BEFORE DELETE ON {TABLE} "  # noqa: ISC004 - one statement
        f"WHEN NOT ({IS_OF_DEMO['sqlite']}) {REFUSES}",
    ),
    "postgresql": (
        f"""
        CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF TG_OP = 'DELETE' AND {IS_OF_DEMO["postgresql"]} THEN RETURN OLD; END IF;
            RAISE EXCEPTION '{SAID}';
        END $$
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
