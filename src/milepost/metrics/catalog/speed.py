"""How quickly."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Credit, Direction, Metric, Nth, Reading, Unit
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
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

NEXT_REPLY: Final = Metric(
    key="next_reply",
    name=gettext_noop("Next reply time"),
    meaning=gettext_noop("From the first unanswered message of the customer to the reply, for replies in the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.REPLY,
    credit=Credit.REPLIER,
    aggregate=Aggregate.AVERAGE,
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

TIME_TO_ASSIGN: Final = Metric(
    key="time_to_assign",
    name=gettext_noop("Time to assign"),
    meaning=gettext_noop("From creation to the first assignment to a person, for first assignments in the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.ASSIGNMENT,
    credit=Credit.HOLDER,
    aggregate=Aggregate.AVERAGE,
    nth=Nth.FIRST,
    reading=Reading.SECONDS,
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
    nth=Nth.FIRST,
    reading=Reading.SECONDS,
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
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

NET_RESOLUTION: Final = Metric(
    key="net_resolution",
    name=gettext_noop("Net resolution time"),
    meaning=gettext_noop(
        "Time that a resolved ticket was new or open: without waiting for the customer, on hold, or resolved "
        "before a reopen."
    ),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    reading=Reading.WORK,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

REQUESTER_WAIT: Final = Metric(
    key="requester_wait",
    name=gettext_noop("Requester wait time"),
    meaning=gettext_noop("Time that a resolved ticket was new, open or on hold."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    reading=Reading.REQUESTER,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

AGENT_WAIT: Final = Metric(
    key="agent_wait",
    name=gettext_noop("Agent wait time"),
    meaning=gettext_noop("Time that a resolved ticket waited for the customer."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    reading=Reading.CUSTOMER,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

ON_HOLD: Final = Metric(
    key="on_hold",
    name=gettext_noop("On-hold time"),
    meaning=gettext_noop("Time that a resolved ticket was on hold."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    reading=Reading.HOLD,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

SPEED: Final = (
    FIRST_RESPONSE,
    NEXT_REPLY,
    TIME_TO_ASSIGN,
    FIRST_RESOLUTION,
    FULL_RESOLUTION,
    NET_RESOLUTION,
    REQUESTER_WAIT,
    AGENT_WAIT,
    ON_HOLD,
)
