"""How quickly."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Credit, Direction, Metric, Unit
from milepost.tickets.columns import Kind

FIRST_RESPONSE: Final = Metric(
    key="first_response",
    name=gettext_noop("First response time"),
    meaning=gettext_noop("From creation to the first public reply by a person, for replies in the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.FIRST_REPLY,
    credit=Credit.REPLIER,
    aggregate=Aggregate.AVERAGE,
    timed=True,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

FIRST_RESOLUTION: Final = Metric(
    key="first_resolution",
    name=gettext_noop("First resolution time"),
    meaning=gettext_noop("From creation to the first resolution, for first resolutions in the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    nth=1,
    timed=True,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

FULL_RESOLUTION: Final = Metric(
    key="full_resolution",
    name=gettext_noop("Full resolution time"),
    meaning=gettext_noop("From creation to the resolution that still stands, for resolutions in the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    timed=True,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

SPEED: Final = (FIRST_RESPONSE, FIRST_RESOLUTION, FULL_RESOLUTION)
