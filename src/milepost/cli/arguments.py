"""Types of command-line arguments."""

import argparse
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from milepost.base.errors import Refused
from milepost.formats import parse
from milepost.goals.models import Goal
from milepost.metrics.metric import Hours


def day(text: str) -> date:
    """A day written as 2026-11-30."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date. Write it as 2026-11-30.") from error


def slug(text: str) -> str:
    """The name of a source: letters, digits, - and _."""
    try:
        validate_slug(text)
    except ValidationError as error:
        raise argparse.ArgumentTypeError(f"“{text}” cannot name a source. Use letters, digits, - and _.") from error
    return text


def duration(text: str) -> int:
    """Whole seconds of a duration as people write it; a bare number is minutes."""
    try:
        return int(parse.duration(text))
    except Refused as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a duration. Write it as 4h, 1:30 or 45m.") from error


def moment(text: str) -> date | datetime:
    """A day, or a moment with its offset, written in ISO 8601."""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a date. Write it as 2026-11-30 or 2026-11-30T17:00:00+01:00."
        ) from error


def team_by(parser: argparse.ArgumentParser) -> None:
    """What makes a ticket a team's."""
    parser.add_argument(
        "--team-by",
        choices=Goal.TeamBy.values,
        default=Goal.TeamBy.GROUP.value,
        help="what makes a ticket a team's: its group in the help desk, or the memberships of its agent",
    )


def narrow(parser: argparse.ArgumentParser) -> None:
    """Which tickets are meant, on which clock and by which bound."""
    parser.add_argument("--pipeline", action="append", default=[], help="only this pipeline; may be repeated")
    parser.add_argument("--priority", action="append", default=[], help="only this priority; may be repeated")
    parser.add_argument("--channel", action="append", default=[], help="only this channel; may be repeated")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FIELD[=TEXT]",
        help="only where a named field is told, or is this text; may be repeated",
    )
    parser.add_argument("--hours", choices=[hours.value for hours in Hours], default=Hours.CALENDAR.value)
    parser.add_argument("--within", type=duration, metavar="TIME", help="the bound: 4h, 1:30, 45 (minutes)")
    parser.add_argument("--days", type=int, help="how many days a resolution must stand, or a reopen may take")
