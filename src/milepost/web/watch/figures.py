"""The figures at /metrics: requests of this process, jobs and sources of the installation."""

from collections import Counter as Tally
from collections.abc import Iterator
from itertools import product
from typing import Final

from django.db.models import Max
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from milepost.base import clock
from milepost.sources.models import Source
from milepost.worker import queries
from milepost.worker.jobs import KINDS
from milepost.worker.models import Job
from milepost.worker.queries import State

BUCKETS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REGISTRY: Final = CollectorRegistry()
ANSWERED: Final = Counter(
    "milepost_http_requests", "Requests that were answered.", ["method", "route", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "milepost_http_request_seconds", "How long answers took.", ["route"], buckets=BUCKETS, registry=REGISTRY
)
UNDER_WAY: Final = Gauge("milepost_http_requests_under_way", "Requests that are being answered.", registry=REGISTRY)


def text() -> bytes:
    """All figures, as Prometheus reads them."""
    return generate_latest(REGISTRY)


class Installation(Collector):
    """Figures that are rows of the database: any process that serves tells the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read them anew each time."""
        yield _jobs()
        yield _refresh()
        yield from _sources()


def _jobs() -> GaugeMetricFamily:
    family = GaugeMetricFamily("milepost_jobs", "Jobs by what they do and how they are.", labels=["kind", "state"])
    found = Tally((job.kind, job.state) for job in queries.jobs(now=clock.now()))
    for kind, state in product(KINDS, State):
        family.add_metric([kind, state], found[kind, state])
    return family


def _refresh() -> GaugeMetricFamily:
    family = GaugeMetricFamily("milepost_refresh_seconds", "How long the last calculation of all goals took.")
    for job in Job.objects.filter(name="refresh"):
        if job.took is not None:
            family.add_metric([], job.took.total_seconds())
    return family


def _sources() -> Iterator[GaugeMetricFamily]:
    """By the short name that an administrator gave the source, not by that of the help desk."""
    answered = GaugeMetricFamily(
        "milepost_source_answered_timestamp_seconds", "When a source answered last.", labels=["source"]
    )
    age = GaugeMetricFamily("milepost_source_age_seconds", "How long ago a source answered last.", labels=["source"])
    now = clock.now()
    connected = Source.objects.filter(disconnected_at__isnull=True).annotate(read_at=Max("syncs__finished_at"))
    for source in connected.order_by("slug"):
        at = source.answered_at or source.read_at
        if at is not None:
            answered.add_metric([source.slug], at.timestamp())
            age.add_metric([source.slug], (now - at).total_seconds())
    yield from (answered, age)


REGISTRY.register(Installation())
