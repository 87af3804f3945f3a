"""The `milepost` command: Django's command runner with our settings."""

import os
import sys

from django.core.management import execute_from_command_line

from milepost.base.errors import Misconfigured


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")
    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        # A setting that is wrong is found before there is a command that could say so.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
