"""Every metric, one declaration each, by key."""

from typing import Final

from milepost.metrics.catalog.speed import SPEED
from milepost.metrics.catalog.volume import VOLUME
from milepost.metrics.metric import Metric

METRICS: Final[dict[str, Metric]] = {metric.key: metric for metric in (*VOLUME, *SPEED)}
