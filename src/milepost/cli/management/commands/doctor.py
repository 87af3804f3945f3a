"""milepost doctor: whether all is well, and what to do where it is not."""

import json
from argparse import ArgumentParser
from typing import Any, Final

from milepost import __version__
from milepost.base import clock
from milepost.cli import doctor
from milepost.cli.command import MilepostCommand
from milepost.cli.doctor.findings import Finding, Level

# A sign of one width; the word for it stands in --json.
SIGNS: Final = {Level.OK: "✓", Level.WARNING: "!", Level.FAILURE: "✗"}
FAILED: Final = 1


class Command(MilepostCommand):
    """Looks, and changes nothing."""

    help = "Check this installation: a sentence for each thing, and what to do. Exits with 1 when something is wrong."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How it is told."""
        parser.add_argument("--json", action="store_true", help="one JSON document, for programs")

    def run(self, **options: Any) -> None:
        """Tell all findings."""
        found = list(doctor.findings(now=clock.now()))
        self.stdout.write(_as_json(found) if options["json"] else _as_text(found))
        if any(finding.is_failure for finding in found):
            self.stdout.flush()
            raise SystemExit(FAILED)


def _as_text(found: list[Finding]) -> str:
    return "\n".join(f"{SIGNS[finding.level]} {finding.sentence}" for finding in found)


def _as_json(found: list[Finding]) -> str:
    checks = [{"check": one.check, "level": one.level, "text": one.sentence} for one in found]
    whole = {"version": __version__, "ok": not any(one.is_failure for one in found), "checks": checks}
    return json.dumps(whole, ensure_ascii=False, indent=1)
