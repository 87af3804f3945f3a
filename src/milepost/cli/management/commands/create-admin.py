"""milepost create-admin: the first user of an installation, or one more who runs it."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.cli.command import MilepostCommand
from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role

NOT_TWICE = gettext_noop("The two passwords differ. Nothing was changed.")
TOO_WEAK = gettext_noop("This password cannot be used: %(error)s")


class Command(MilepostCommand):
    """Adds an administrator, who adds everybody else on the pages."""

    help = "Add a user who runs Milepost. Asks for the password; without a terminal it is the first line of the input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom to add."""
        parser.add_argument("email")
        parser.add_argument("--name", help="how pages call them; the address unless given")

    def run(self, **options: Any) -> None:
        """Ask for the password, check it, and add the user."""
        email, name = options["email"], options["name"] or options["email"]
        password = _typed() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise Refused(TOO_WEAK, error=" ".join(error.messages)) from error
        user = actions.create_user(email, password, name=name, role=Role.ADMIN, by=None, now=clock.now())
        self.stdout.write(f"{user.email} can sign in as administrator.")


def _typed() -> str:
    password = getpass("Password: ")
    if getpass("Password again: ") != password:
        raise Refused(NOT_TWICE)
    return password
