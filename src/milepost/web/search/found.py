"""What a few letters find among what the reader may see. Marks on letters do not matter: `dabrowska` is Dąbrowska."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.base.names import fold
from milepost.goals.models import Goal
from milepost.goals.visibility import people_seen_by, reach
from milepost.people.models import Team, User
from milepost.people.roles import Capability, Place, Scope
from milepost.web.setup import may_see
from milepost.web.shell import may_see_sources

MOST: Final = 8
# More names than these are not looked through.
LOOKED_THROUGH: Final = 20_000


@dataclass(frozen=True)
class Result:
    """Something found: its name, what it is, and where it leads."""

    name: str
    what: str
    address: str
    icon: str


def find(text: str, user: User, *, now: datetime) -> list[Result]:
    """At most eight: pages and acts, then goals, teams and people; those that begin with the letters come first."""
    wanted = fold(text)
    groups = [_pages(user), _goals(user, now), _teams(), _people(user, now)]
    found = [one for group in groups for one in _best(group, wanted)]
    return found[:MOST]


def _best(group: Iterable[Result], wanted: str) -> list[Result]:
    matching = [one for one in islice(group, LOOKED_THROUGH) if wanted in fold(f"{one.name} {one.what}")]
    return sorted(matching, key=lambda one: not fold(one.name).startswith(wanted))[:MOST]


def _pages(user: User) -> Sequence[Result]:
    # Goals are looked for under reporting too, where other products have them.
    pages = [Result(_("Goals"), _("Reporting"), reverse("goals"), "flag")]
    if reach(user, Capability.CREATE_GOALS) is not Scope.NONE:
        pages.append(Result(_("Create goal"), _("Goals"), reverse("create-goal"), "plus"))
    if may_see_sources(user):
        pages.append(Result(_("Data sources"), _("Set up"), reverse("sources"), "plug"))
    if may_see(user, Place.PEOPLE):
        pages.append(Result(_("People & roles"), _("Set up"), reverse("setup-people"), "person"))
    pages.append(Result(_("Inbox"), _("Notifications"), reverse("inbox"), "bell"))
    pages.append(Result(_("Digests"), _("Weekly digest"), reverse("digests"), "mail"))
    if may_see(user, Place.SETTINGS):
        pages.append(Result(_("Channels"), _("Set up"), reverse("channels"), "send"))
        pages.append(Result(_("Settings"), _("Set up"), reverse("settings"), "settings"))
    return pages


def _goals(user: User, now: datetime) -> Iterable[Result]:
    for goal in Goal.objects.visible_to(user, now=now).filter(archived_at__isnull=True).order_by("-created_at", "pk"):
        yield Result(goal.name, _("Goal"), f"{reverse('goals')}?{urlencode({'name': goal.name})}", "flag")


def _teams() -> Iterable[Result]:
    for team in Team.objects.all():
        yield Result(team.name, _("Team"), f"{reverse('goals')}?team={team.pk}", "team")


def _people(user: User, now: datetime) -> Iterable[Result]:
    for person in people_seen_by(user, now=now):
        yield Result(person.name, _("Person"), f"{reverse('goals')}?user={person.pk}", "person")
