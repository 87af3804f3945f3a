"""What every command of ours shares."""

from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from milepost.base.errors import MilepostError


class MilepostCommand(BaseCommand):
    """A command that answers our errors with one sentence and exit code 1, never with a traceback."""

    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and say in the reader's language what was refused."""
        try:
            self.run(**options)
        except MilepostError as error:
            message = gettext(error.message)
            raise CommandError(message % error.values if error.values else message) from error

    @abstractmethod
    def run(self, **options: Any) -> None:
        """The work of the command."""
