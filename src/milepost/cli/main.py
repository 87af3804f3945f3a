"""The `milepost` command: Django's command runner with our settings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
