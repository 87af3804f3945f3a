"""The doctor: looks at an installation from all sides and says of each what is so and what to do."""

from collections.abc import Iterator
from datetime import datetime

from milepost.cli.doctor import configuration, database, facts, jobs, machine, sources
from milepost.cli.doctor.findings import Finding


def findings(*, now: datetime) -> Iterator[Finding]:
    """Everything there is to say, from the machine up. What needs the database is left out where it is away."""
    yield from machine.findings()
    yield from configuration.findings()
    yield from facts.findings()
    of_database = list(database.findings(now=now))
    yield from of_database
    if not any(finding.is_failure for finding in of_database):
        yield from jobs.findings(now=now)
        yield from sources.findings(now=now)
