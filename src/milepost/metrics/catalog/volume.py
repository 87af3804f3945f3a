"""How many."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Anchor, Credit, Direction, Metric, Nth, Unit
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

TICKETS_REMOVED: Final = Metric(
    key="tickets_removed",
    name=gettext_noop("Tickets taken out"),
    meaning=gettext_noop("Tickets created in the period that were merged, deleted or marked as spam by its end."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.CREATED,
    anchor=Anchor.REMOVAL,
    credit=Credit.CREATOR,
    aggregate=Aggregate.COUNT,
    adds_up_over_people=True,
    # A ticket created in March and merged in April is out of the year, and was not out at the end of March.
    adds_up_over_time=False,
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

REASSIGNMENTS: Final = Metric(
    key="reassignments",
    name=gettext_noop("Reassignments"),
    meaning=gettext_noop("Times a ticket that had an assignee before was given to another one in the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.ASSIGNMENT,
    credit=Credit.HOLDER,
    aggregate=Aggregate.COUNT,
    nth=Nth.LATER,
    adds_up_over_people=True,
    adds_up_over_time=True,
)

GROUP_CHANGES: Final = Metric(
    key="group_changes",
    name=gettext_noop("Group changes"),
    meaning=gettext_noop("Times a ticket that was in a group before was moved to another one in the period."),
    unit=Unit.TICKETS,
    direction=Direction.LOWER,
    kind=Kind.TRANSFER,
    credit=Credit.HOLDER,
    aggregate=Aggregate.COUNT,
    nth=Nth.LATER,
    adds_up_over_people=True,
    adds_up_over_time=True,
)

REPLIES_PER_RESOLUTION: Final = Metric(
    key="replies_per_resolution",
    name=gettext_noop("Replies per resolution"),
    meaning=gettext_noop("Public replies by people in the period, divided by the resolutions in it."),
    unit=Unit.POINTS,
    direction=Direction.LOWER,
    kind=Kind.REPLY,
    credit=Credit.REPLIER,
    aggregate=Aggregate.RATIO,
    per=Kind.RESOLUTION,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

VOLUME: Final = (
    TICKETS_CREATED,
    TICKETS_REMOVED,
    TICKETS_CLOSED,
    RESOLUTIONS,
    REOPENS,
    REASSIGNMENTS,
    GROUP_CHANGES,
    REPLIES_PER_RESOLUTION,
)
