"""milepost connect: a help desk that is read by itself."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.cli import arguments
from milepost.cli.command import MilepostCommand
from milepost.connectors import registry
from milepost.connectors.addresses import InOwnNetwork
from milepost.connectors.contract import Step
from milepost.connectors.settings import Kind, Setting
from milepost.sources import entrances, help_desks
from milepost.sources.models import Source


class Command(MilepostCommand):
    """Connects a help desk."""

    help = "Connect a help desk: tries to read it, says what was found, and has it read every few minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The make, and what it must be told; what is not said is asked for."""
        parser.add_argument("make", help=f"{', '.join(registry.makes())}, inbound; or the address of a feed")
        parser.add_argument("--source", type=arguments.slug, help="the source that it is; else the make")
        parser.add_argument("--name", help="how pages call it")
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=TEXT", help="a setting; may be repeated"
        )
        parser.add_argument("--token-file", type=Path, help="file that holds the token, and stays")
        parser.add_argument("--own-network", action="store_true", help="allow a server in your own network")

    def run(self, **options: Any) -> None:
        """Check, say what was found, then keep it."""
        if options["make"] == Source.Make.INBOUND:
            self._open(options["source"] or "inbound", options["name"])
            return
        make, told = _told(options)
        answers = told | {one.key: self._ask(one) for one in registry.make(make).asked() if _is_open(one, told)}
        self._check(make, answers, own_network=options["own_network"])
        slug = options["source"] or ("desk" if make == "feed" else make.replace("_", "-"))
        name = options["name"] or (slug if make == "feed" else registry.make(make).name)
        help_desks.connect(make, answers, slug=slug, name=name, by=None, now=clock.now())
        self.stdout.write(f"It is read as “{slug}” while milepost up or milepost worker runs.")

    def _open(self, slug: str, name: str | None) -> None:
        """An address to which others send, and its token; for one that is there, a new token."""
        opened = entrances.open_(slug, name=name or slug, by=None, now=clock.now())
        self.stdout.write(f"Send events to: {entrances.address(opened.source.entrance)}")
        self.stdout.write(f"Token, shown this once: {opened.token}")
        self.stdout.write(f"They are read as “{slug}” while milepost up or milepost worker runs.")

    def _ask(self, asked: Setting) -> str:
        """A secret is not shown while it is typed; a query goes over many lines."""
        question = f"{_(asked.label)}{' (' + _(asked.hint) + ')' if asked.hint else ''}: "
        try:
            if asked.kind is Kind.QUERY:
                return _lines(f"{question}{_(END_OF_QUERY)}\n")
            return getpass(question) if asked.is_secret else input(question)
        except EOFError:
            if not asked.is_required:
                return ""
            raise Refused(
                gettext_noop("Nobody is there to answer. Say it with --set %(setting)s=TEXT, a token by --token-file."),
                setting=asked.key,
            ) from None

    def _check(self, make: str, answers: dict[str, str], *, own_network: bool) -> None:
        try:
            self._say(make, answers)
        except InOwnNetwork as found:
            if not own_network and not self._allows(found):
                raise Refused(NOT_ALLOWED, host=found.host, port=found.port) from found
            help_desks.allow(found.host, found.port, by=None, now=clock.now())
            self._say(make, answers)

    def _allows(self, found: InOwnNetwork) -> bool:
        """Whether whoever sits there says yes; nobody there is no."""
        try:
            return input(f"{found.host}:{found.port}. {_(OWN_NETWORK)} [y/N] ").lower() == "y"
        except EOFError:
            return False

    def _say(self, make: str, answers: dict[str, str]) -> None:
        for step in help_desks.check(make, answers):
            self.stdout.write(_line(step))


OWN_NETWORK = gettext_noop("This server is in your own network. Read from it?")
END_OF_QUERY = gettext_noop("An empty line ends it.")
NOT_ALLOWED = gettext_noop(
    "%(host)s, port %(port)s, is in your own network. To let it be read, run this again with --own-network."
)


def _lines(question: str) -> str:
    """What is typed up to an empty line."""
    typed = [input(question)]
    while typed[-1].strip():
        typed.append(input())
    return "\n".join(typed).strip()


def _line(step: Step) -> str:
    found = _(step.found) % step.values if step.values else _(step.found)
    return f"{'!' if step.warning else '✓'} {_(step.name)}: {found}"


def _told(options: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The make and what is told of it; an address in its place is that of a feed."""
    make, told = options["make"], {}
    for pair in options["set"]:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Refused(gettext_noop("“%(pair)s” says nothing. Write it as NAME=TEXT."), pair=pair)
        told[name] = text
    if "://" in make:
        make, told = "feed", told | {"address": make}
    if options["token_file"] is not None:
        told["token_file"] = str(options["token_file"].absolute())
    return make, told


def _is_open(asked: Setting, told: dict[str, str]) -> bool:
    """Whether it is still to be asked for; a secret also where it may be left out."""
    return (
        (asked.is_required or asked.is_secret)
        and asked.key not in told
        and not (asked.key == "token" and "token_file" in told)
    )
