"""Types of command-line arguments."""

import argparse
from datetime import date, datetime


def day(text: str) -> date:
    """A day written as 2026-11-30."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date. Write it as 2026-11-30.") from error


def moment(text: str) -> date | datetime:
    """A day, or a moment with its offset, written in ISO 8601."""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a date. Write it as 2026-11-30 or 2026-11-30T17:00:00+01:00."
        ) from error
