"""How far the first steps are. What was done is seen from what is there, so they are resumed where they were left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account import working_hours
from milepost.formats.numbers import number
from milepost.goals import first
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import apart, newcomers, who_is_who
from milepost.sources.models import Source, Sync

HIDDEN_COOKIE: Final = "start"
HIDDEN: Final = "hidden"


@dataclass(frozen=True)
class Step:
    """One step: its name, how it stands, where it is taken, and whether that was done."""

    number: int
    name: str
    said: str
    act: str
    address: str
    is_done: bool
    is_next: bool = False


@dataclass(frozen=True)
class Steps:
    """All of them in order, and the first that is left to be done."""

    steps: Sequence[Step]

    @property
    def next(self) -> Step | None:
        """Where to go on; None where all is done."""
        return next((one for one in self.steps if not one.is_done), None)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(one.is_done for one in self.steps)


def may_start(user: User) -> bool:
    """Whether the first steps are for this user: whoever runs the installation."""
    return Role(user.role) is Role.ADMIN


def pending(request: HttpRequest, user: User) -> Steps | None:
    """The steps, while they are to be shown on other pages: before the first goal, unless they were hidden."""
    if not may_start(user) or request.COOKIES.get(HIDDEN_COOKIE) == HIDDEN or first.was_made():
        return None
    return steps(has_goal=False)


def steps(*, has_goal: bool | None = None) -> Steps:
    """All four, as things stand now. What came with demo data is no step."""
    return Steps([_tickets(), _people(), _hours(), _goal(has_goal=has_goal)])


def _tickets() -> Step:
    connected = Source.objects.filter(disconnected_at=None).exclude(make=Source.Make.DEMO)
    names = list(connected.order_by("name", "pk").values_list("name", flat=True))
    was_read = Sync.objects.filter(source__in=connected).exists()
    if not names:
        said = _("Connect your help desk, or upload a file.")
    elif was_read:
        said = _("Tickets are read from: %(sources)s.") % {
            "sources": ", ".join(map(_, names[:3])) + (" …" if names[3:] else "")
        }
    else:
        said = _("%(source)s is connected. Its newest tickets are on their way.") % {"source": _(names[0])}
    act = _("Add another source") if names else _("Choose where your tickets live")
    return Step(1, _("Tickets"), said, act, reverse("sources"), is_done=bool(names))


def _people() -> Step:
    """Done when somebody said of every source that its people are right."""
    agents = newcomers.agents()
    asked = who_is_who.to_review().count()
    is_done = agents.exists() and not agents.filter(reviewed_at=None).exists()
    if asked:
        said = ngettext(
            "%(count)s agent has the address of somebody who was here before.",
            "%(count)s agents have the addresses of people who were here before.",
            asked,
        ) % {"count": number(asked)}
    elif is_done:
        said = _("Everybody is reviewed. Teams and sign-ins are under People & roles.")
    elif agents.exists():
        said = _("Look through the agents that came with the tickets: who works, in which team, and who leads it.")
    else:
        said = _("Agents come with the tickets. Then say who is who and who works.")
    return Step(2, _("People"), said, _("Review people"), reverse("start-people"), is_done=is_done)


def _hours() -> Step:
    is_done = working_hours.are_set()
    said = (
        _("They are set. Time outside of them does not count where a goal is in business hours.")
        if is_done
        else _("Without them every hour of every day counts.")
    )
    return Step(3, _("Working hours"), said, _("Set working hours"), reverse("calendars"), is_done=is_done)


def _goal(*, has_goal: bool | None) -> Step:
    is_done = first.was_made() and not apart.is_demo_here() if has_goal is None else has_goal
    said = _("There is a goal.") if is_done else _("Start from a template, with your own numbers beside it.")
    return Step(4, _("First goal"), said, _("Create goal"), reverse("create-goal"), is_done=is_done)
