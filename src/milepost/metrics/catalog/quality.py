"""How well."""

from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Aggregate, Credit, Direction, Hit, Metric, Nth, Reading, Unit
from milepost.tickets.columns import Kind

FIRST_RESPONSE_WITHIN: Final = Metric(
    key="first_response_within",
    name=gettext_noop("First responses in time"),
    meaning=gettext_noop(
        "Of the first responses that came in time or became late in the period, the share that came in time."
    ),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.FIRST_REPLY,
    credit=Credit.REPLIER,
    aggregate=Aggregate.SHARE,
    reading=Reading.SECONDS,
    owed=Kind.AWAITING,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

NEXT_REPLY_WITHIN: Final = Metric(
    key="next_reply_within",
    name=gettext_noop("Next replies in time"),
    meaning=gettext_noop("Of the replies that came in time or became late in the period, the share that came in time."),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.REPLY,
    credit=Credit.REPLIER,
    aggregate=Aggregate.SHARE,
    reading=Reading.SECONDS,
    owed=Kind.WAITING,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

FIRST_RESOLUTION_WITHIN: Final = Metric(
    key="first_resolution_within",
    name=gettext_noop("First resolutions in time"),
    meaning=gettext_noop(
        "Of the first resolutions that came in time or became late in the period, the share that came in time."
    ),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.SHARE,
    nth=Nth.FIRST,
    reading=Reading.SECONDS,
    owed=Kind.OPEN,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

NET_RESOLUTION_WITHIN: Final = Metric(
    key="net_resolution_within",
    name=gettext_noop("First resolutions in time, pauses left out"),
    meaning=gettext_noop(
        "As first resolutions in time, but the clock stands still while a ticket waits for the customer or is on hold."
    ),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.SHARE,
    nth=Nth.FIRST,
    reading=Reading.WORK,
    owed=Kind.OPEN,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

ONE_TOUCH: Final = Metric(
    key="one_touch",
    name=gettext_noop("One-touch rate"),
    meaning=gettext_noop("Of the tickets closed in the period, the share with exactly one public reply and no reopen."),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.SHARE,
    stands=True,
    hit=Hit.ONE_TOUCH,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

NO_TOUCH: Final = Metric(
    key="no_touch",
    name=gettext_noop("No-touch rate"),
    meaning=gettext_noop("Of the tickets closed in the period, the share without any public reply."),
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.SHARE,
    stands=True,
    hit=Hit.NO_TOUCH,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

REOPEN_RATE: Final = Metric(
    key="reopen_rate",
    name=gettext_noop("Reopen rate"),
    meaning=gettext_noop(
        "Of the first resolutions in the period, the share that was undone within a number of days, by its end."
    ),
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    kind=Kind.RESOLUTION,
    credit=Credit.ASSIGNEE,
    aggregate=Aggregate.SHARE,
    nth=Nth.FIRST,
    hit=Hit.REOPENED,
    days=7,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

CSAT: Final = Metric(
    key="csat",
    name=gettext_noop("Customer satisfaction"),
    meaning=gettext_noop(
        "Of the ratings given in the period, the share that is positive: 75 of 100 or more. A newer rating "
        "replaces an older one."
    ),
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    kind=Kind.RATING,
    credit=Credit.RESOLVER,
    aggregate=Aggregate.SHARE,
    stands=True,
    hit=Hit.POSITIVE,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

CSAT_SCORE: Final = Metric(
    key="csat_score",
    name=gettext_noop("Satisfaction score"),
    meaning=gettext_noop("Ratings given in the period, on a scale of 0 to 100. A newer rating replaces an older one."),
    unit=Unit.POINTS,
    direction=Direction.HIGHER,
    kind=Kind.RATING,
    credit=Credit.RESOLVER,
    aggregate=Aggregate.AVERAGE,
    stands=True,
    reading=Reading.SCORE,
    adds_up_over_people=False,
    adds_up_over_time=False,
)

QUALITY: Final = (
    FIRST_RESPONSE_WITHIN,
    NEXT_REPLY_WITHIN,
    FIRST_RESOLUTION_WITHIN,
    NET_RESOLUTION_WITHIN,
    ONE_TOUCH,
    NO_TOUCH,
    REOPEN_RATE,
    CSAT,
    CSAT_SCORE,
)
