"""Ready-made goals that a manager can start from."""

from dataclasses import dataclass
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.catalog.speed import FIRST_RESPONSE, FULL_RESOLUTION
from milepost.metrics.catalog.volume import TICKETS_CLOSED
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Measure

CUSTOMER_SERVICE: Final = gettext_noop("Customer service")


@dataclass(frozen=True)
class GoalTemplate:
    """A goal to start from."""

    key: str
    category: str
    name: str
    purpose: str
    measure: Measure


RESPONSE: Final = GoalTemplate(
    key="response",
    category=CUSTOMER_SERVICE,
    name=gettext_noop("Average ticket response time"),
    purpose=gettext_noop("Reply to customers sooner by shortening the time to first response."),
    measure=Measure(FIRST_RESPONSE, Aggregate.AVERAGE),
)
RESOLUTION: Final = GoalTemplate(
    key="resolution",
    category=CUSTOMER_SERVICE,
    name=gettext_noop("Average ticket resolution time"),
    purpose=gettext_noop("Solve problems well and sooner by shortening the average time to resolution."),
    measure=Measure(FULL_RESOLUTION, Aggregate.AVERAGE),
)
CLOSED: Final = GoalTemplate(
    key="closed",
    category=CUSTOMER_SERVICE,
    name=gettext_noop("Tickets closed"),
    purpose=gettext_noop("Help more customers by closing more tickets."),
    measure=Measure(TICKETS_CLOSED, Aggregate.COUNT),
)

TEMPLATES: Final = {template.key: template for template in (RESPONSE, RESOLUTION, CLOSED)}
