"""What every command of ours shares."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext

from milepost.base.errors import MilepostError, Misconfigured
from milepost.base.marks import gettext_noop
from milepost.sources import sync


class MilepostCommand(BaseCommand):
    """A command that answers our errors with one sentence and exit code 1, never with a traceback."""

    requires_system_checks = ()
    # A command that brings its own database says no.
    needs_database: ClassVar[bool] = True

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, and say in the reader's language what was refused."""
        try:
            if self.needs_database:
                _ready_database()
                sync.retime()
            self.run(**options)
        except MilepostError as error:
            message = gettext(error.message)
            raise CommandError(message % error.values if error.values else message) from error

    @abstractmethod
    def run(self, **options: Any) -> None:
        """The work of the command."""


def _ready_database() -> None:
    """Set up a database that is new; one of an older version is left to `milepost migrate`, after a backup."""
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        call_command("migrate", verbosity=0)
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Misconfigured(
            gettext_noop("The database is of an older version. Make a backup, then run: milepost migrate")
        )
