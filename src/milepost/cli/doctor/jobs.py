"""The jobs: somebody works them, none is stuck, none asks for a person."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning
from milepost.worker import queries
from milepost.worker.models import Job
from milepost.worker.queries import Shown, State


def findings(*, now: datetime) -> Iterator[Finding]:
    """All of it."""
    jobs = queries.jobs(now=now)
    yield _workers(jobs)
    yield _left(now)
    failed = [_failed(job) for job in jobs if job.state in {State.ASKS, State.FAILED}]
    yield from failed or [ok("failed jobs", gettext_noop("No job has failed."))]


def _workers(jobs: list[Shown]) -> Finding:
    if not jobs or queries.is_nobody_at_work(jobs):
        return failure(
            "workers", gettext_noop("No worker is at work. Start one with: milepost up, or: milepost worker")
        )
    return ok("workers", gettext_noop("Jobs are worked."))


def _left(now: datetime) -> Finding:
    """A lease that ran out and that nobody took up: its worker is dead, and so are the others."""
    left = Job.objects.filter(lease_until__lt=now - queries.OVERDUE).order_by("lease_until").first()
    if left is None:
        return ok("dead workers", gettext_noop("No job was left by a worker that died."))
    return failure(
        "dead workers",
        gettext_noop(
            "A worker died in the middle of %(job)s, and no other has taken it up. Start one with: milepost worker"
        ),
        job=left.name,
    )


def _failed(job: Shown) -> Finding:
    said = _(job.error) % job.error_values if job.error_values else _(job.error)
    if job.state is State.ASKS:
        return failure(
            "failed jobs",
            gettext_noop("%(job)s needs somebody: %(said)s Then run: milepost jobs --retry %(job)s"),
            job=job.name,
            said=said,
        )
    return warning(
        "failed jobs",
        gettext_noop("%(job)s has failed and is tried again by itself: %(said)s"),
        job=job.name,
        said=said,
    )
