"""How many."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Credit, Direction, Metric, Unit
from milepost.tickets.columns import Kind

TICKETS_CREATED: Final = Metric(
    key="tickets_created",
    name=gettext_noop("Tickets created"),
    meaning=gettext_noop("Tickets whose creation falls in the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.CREATED,
    credit=Credit.CREATOR,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=True,
)

TICKETS_CLOSED: Final = Metric(
    key="tickets_closed",
    name=gettext_noop("Tickets closed"),
    meaning=gettext_noop("Tickets whose last resolution falls in the period and still stands at its end."),
    unit=Unit.TICKETS,
    direction=Direction.HIGHER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.COUNT,
    stands=True,
    adds_up_over_people=True,
    # A ticket closed in March, reopened and closed in April counts in both months and once in the year.
    adds_up_over_time=False,
)

RESOLUTIONS: Final = Metric(
    key="resolutions",
    name=gettext_noop("Resolutions"),
    meaning=gettext_noop("Times a ticket was resolved in the period, each again after a reopen."),
    unit=Unit.TICKETS,
    direction=Direction.HIGHER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=True,
)

REOPENS: Final = Metric(
    key="reopens",
    name=gettext_noop("Reopens"),
    meaning=gettext_noop("Times a resolved ticket was opened again in the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.REOPEN,
    credit=Credit.ASSIGNEE_BEFORE,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=True,
)

VOLUME: Final = (TICKETS_CREATED, TICKETS_CLOSED, RESOLUTIONS, REOPENS)
