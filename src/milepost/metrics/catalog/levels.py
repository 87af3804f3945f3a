"""How much there is at a moment: what is open, awaited, unanswered."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Anchor, Credit, Direction, Metric, Reading, Unit
from milepost.tickets.columns import Kind

BACKLOG: Final = Metric(
    key="backlog",
    name=gettext_noop("Backlog"),
    meaning=gettext_noop("Tickets that are not resolved at the end of the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=False,
)

AWAITING_RESPONSE: Final = Metric(
    key="awaiting_first_response",
    name=gettext_noop("Awaiting first response"),
    meaning=gettext_noop("Open tickets without a first response at the end of the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.AWAITING,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=False,
)

STILL_WAITING: Final = Metric(
    key="still_waiting",
    name=gettext_noop("Customers waiting"),
    meaning=gettext_noop("Open tickets with an unanswered message of the customer at the end of the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.WAITING,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    adds_up_over_time=False,
)

OLDEST_OPEN: Final = Metric(
    key="oldest_open",
    name=gettext_noop("Age of the oldest open ticket"),
    meaning=gettext_noop("Age of the tickets that are not resolved at the end of the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.MAXIMUM,
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OLDEST_AWAITING: Final = Metric(
    key="oldest_awaiting_first_response",
    name=gettext_noop("Longest wait for a first response"),
    meaning=gettext_noop("Age of the open tickets without a first response at the end of the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.AWAITING,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.MAXIMUM,
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OLDEST_WAITING: Final = Metric(
    key="oldest_still_waiting",
    name=gettext_noop("Longest unanswered message"),
    meaning=gettext_noop("Time since the first unanswered message, for open tickets at the end of the period."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.WAITING,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.MAXIMUM,
    reading=Reading.SECONDS,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OPEN_WORK: Final = Metric(
    key="open_work",
    name=gettext_noop("Work on open tickets"),
    meaning=gettext_noop("Time so far that the tickets open at the end of the period were new or open."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.AVERAGE,
    reading=Reading.WORK,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OPEN_REQUESTER_WAIT: Final = Metric(
    key="open_requester_wait",
    name=gettext_noop("Requester wait of open tickets"),
    meaning=gettext_noop("Time so far that the tickets open at the end of the period were new, open or on hold."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.AVERAGE,
    reading=Reading.REQUESTER,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OPEN_AGENT_WAIT: Final = Metric(
    key="open_agent_wait",
    name=gettext_noop("Agent wait of open tickets"),
    meaning=gettext_noop("Time so far that the tickets open at the end of the period waited for the customer."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.AVERAGE,
    reading=Reading.CUSTOMER,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

OPEN_HOLD: Final = Metric(
    key="open_on_hold",
    name=gettext_noop("On-hold time of open tickets"),
    meaning=gettext_noop("Time so far that the tickets open at the end of the period were on hold."),
    unit=Unit.DURATION,
    direction=Direction.LOWER,
    kind=Kind.OPEN,
    anchor=Anchor.LEVEL,
    credit=Credit.HOLDER,
    aggregate=Aggregate.AVERAGE,
    reading=Reading.HOLD,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

LEVELS: Final = (
    BACKLOG,
    AWAITING_RESPONSE,
    STILL_WAITING,
    OLDEST_OPEN,
    OLDEST_AWAITING,
    OLDEST_WAITING,
    OPEN_WORK,
    OPEN_REQUESTER_WAIT,
    OPEN_AGENT_WAIT,
    OPEN_HOLD,
)
