"""The steps of a check that are the same for every help desk, in the order in which they are told."""

from collections.abc import Iterable, Sequence

from milepost.base.marks import gettext_noop
from milepost.connectors.contract import Agent, Step, TicketEvent
from milepost.tickets.events import Message


def reached(milliseconds: int) -> Step:
    """The server answered, and how quickly."""
    return Step(gettext_noop("Server reached"), gettext_noop("%(milliseconds)s ms"), {"milliseconds": milliseconds})


def token(*, may_write: bool) -> Step:
    """What lets us in is valid; warns of one that can do more than read."""
    name = gettext_noop("Token valid")
    if may_write:
        return Step(name, gettext_noop("it can also change tickets; one that only reads is safer"), warning=True)
    return Step(name, gettext_noop("read-only"))


def full_token() -> Step:
    """The same for a make that has no token which only reads."""
    found = gettext_noop("it can also change tickets; this help desk has none that only reads")
    return Step(gettext_noop("Token valid"), found, warning=True)


def untold_token() -> Step:
    """What lets us in is valid; this help desk does not tell whether it can do more than read."""
    return Step(gettext_noop("Token valid"), gettext_noop("whether it can also change tickets is not told there"))


def working(agents: Sequence[Agent]) -> Step:
    """How many agents there are; warns where nobody is told."""
    active = sum(agent.active for agent in agents)
    return Step(
        gettext_noop("Agents"),
        gettext_noop("%(active)s active, %(inactive)s inactive"),
        {"active": active, "inactive": len(agents) - active},
        warning=not agents,
    )


def to_import(count: int) -> Step:
    """How many tickets the first import reads."""
    return Step(gettext_noop("Tickets to import"), "%(count)s", {"count": count})


def answers(*, found: bool) -> Step:
    """Whether replies are told in the newest tickets; warns where none is yet."""
    said = gettext_noop("found") if found else gettext_noop("none yet")
    return Step(gettext_noop("First reply and close times"), said, warning=not found)


def is_answered(events: Iterable[TicketEvent]) -> bool:
    """Whether one of these is a reply."""
    return any(event.columns.get("message") == Message.REPLY.value for event in events)
