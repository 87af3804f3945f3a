"""The `milepost` command: Django's command runner with our settings."""

import os
import sys
from typing import Final

from django.core.management import execute_from_command_line

from milepost.base.errors import Misconfigured

# As a shell tells of a program that was ended by a closed pipe.
CUT_OFF: Final = 141


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads what is printed has enough of it, as `head` has. What is left is printed to nobody at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CUT_OFF)
    except Misconfigured as error:
        # A setting that is wrong is found before there is a command that could say so.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
