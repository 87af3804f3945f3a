"""Demo data and real data are never together."""

import re
from datetime import date
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.sources.models import Demo, Source

# The same names as those whose verdicts the database lets go: `progress.only_added`.
NAMES: Final = re.compile(r"demo-[0-9]{8}")
DEMO_FIRST: Final = gettext_noop(
    "There are demo data here, and they are never mixed with real ones. Remove the demo data first."
)
DEMO_NAME: Final = gettext_noop("“%(source)s” is a name of demo data. Choose another one with --source.")
REAL_HERE: Final = gettext_noop(
    "A source of your own was connected here. Demo data are never mixed with real ones, so they were not loaded."
)


def slug(today: date) -> str:
    """What the demo desk of a day is called in the fact store."""
    return f"demo-{today:%Y%m%d}"


def is_demo(slug: str) -> bool:
    """Whether a source of this name is a demo desk."""
    return NAMES.fullmatch(slug) is not None


def is_demo_here() -> bool:
    """Whether the demo desk is there."""
    return Source.objects.filter(make=Source.Make.DEMO).exists()


def is_demo_wished() -> bool:
    """Whether the demo desk is there, or on its way."""
    return is_demo_here() or Demo.objects.filter(error="").exists()


def is_real_here() -> bool:
    """Whether any source is, or was, a real one."""
    return Source.objects.exclude(make=Source.Make.DEMO).exists()


def check_no_demo(slug: str) -> None:
    """Refuse a real source beside the demo desk, or under a name of one."""
    if is_demo_wished():
        raise Refused(DEMO_FIRST)
    if is_demo(slug) and not Source.objects.filter(slug=slug).exists():
        raise Refused(DEMO_NAME, source=slug)


def check_no_real() -> None:
    """Refuse the demo desk beside a real source."""
    if is_real_here():
        raise Refused(REAL_HERE)
