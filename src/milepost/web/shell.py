"""What stands around every page: the account, how fresh the numbers are, and what readers must know of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.base import clock
from milepost.formats import dates
from milepost.goals.visibility import reach
from milepost.people import roles
from milepost.people.models import User
from milepost.people.roles import Capability, Place, Role, Scope
from milepost.sources.models import Source
from milepost.tickets.notes import SENTENCES, Note
from milepost.web.avatars import Avatar, of_person
from milepost.web.setup import may_see

THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "theme"
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# Who connects help desks, who manages by their numbers, and who watches over what is collected.
SEE_SOURCES: Final = frozenset({Role.ADMIN, Role.MANAGER, Role.OBSERVER})


@dataclass(frozen=True)
class Fresh:
    """How fresh the numbers are, in a sentence."""

    text: str
    old: bool
    warning: str


class Shell:
    """Asked by the templates that show it: nothing is read for those that do not."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        """The theme that the reader chose; empty follows the system."""
        theme = self._request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else ""

    @cached_property
    def account(self) -> Account:
        """The settings."""
        return the_account()

    @cached_property
    def sources(self) -> list[Any]:
        """The connected sources, each with when it was read last."""
        found = Source.objects.filter(disconnected_at__isnull=True).annotate(read_at=Max("syncs__finished_at"))
        return list(found.order_by("name", "pk"))

    @property
    def is_demo(self) -> bool:
        """Whether the numbers are those of the demo desk."""
        return any(source.make == Source.Make.DEMO for source in self.sources)

    @property
    def notes(self) -> list[str]:
        """What the sources cannot tell, in sentences, each once."""
        codes = dict.fromkeys(code for source in self.sources for code in source.notes)
        return [_(SENTENCES[Note(code)]) for code in codes if code in set(Note)]

    @property
    def is_approximated(self) -> bool:
        """Whether response times are worked out without messages."""
        return any(Note.RESPONSE_APPROXIMATED in source.notes for source in self.sources)

    @property
    def fresh(self) -> Fresh | None:
        """When the source that was read longest ago was read."""
        read = [source for source in self.sources if source.read_at is not None]
        if not read:
            return None
        source = min(read, key=lambda one: one.read_at)
        now = clock.now()
        zone = ZoneInfo(self.account.zone)
        return Fresh(
            _since(source.name, source.read_at, now, zone),
            old=now - source.read_at > DAY,
            warning=_("These numbers are from %(moment)s. %(source)s was not read since.")
            % {"moment": dates.moment(source.read_at, zone), "source": _(source.name)},
        )

    @property
    def avatar(self) -> Avatar:
        """The sign of who is signed in."""
        return of_person(self._user.name, self._user.pk)

    @property
    def role(self) -> str:
        """The role of who is signed in."""
        return _(roles.NAMES[Role(self._user.role)])

    @property
    def may_create(self) -> bool:
        """Whether the reader may create goals, if only for themselves."""
        return reach(self._user, Capability.CREATE_GOALS) is not Scope.NONE

    @property
    def may_see_sources(self) -> bool:
        """Whether the reader may see what is read from where."""
        return may_see_sources(self._user)

    @property
    def may_see_people(self) -> bool:
        """Whether the reader may see who is who in the set-up."""
        return may_see(self._user, Place.PEOPLE)

    @property
    def may_see_settings(self) -> bool:
        """Whether the reader may see the settings."""
        return may_see(self._user, Place.SETTINGS)

    @property
    def _user(self) -> User:
        user = self._request.user
        if not isinstance(user, User):
            raise TypeError("nobody is signed in")
        return user


def shell(request: HttpRequest) -> dict[str, Shell]:
    """For the templates: `shell`."""
    return {"shell": Shell(request)}


def may_see_sources(user: User) -> bool:
    """Whether this user may see what is read from where."""
    return Role(user.role) in SEE_SOURCES


def _since(name: str, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return _("%(source)s · synced just now") % {"source": _(name)}
    if now - at < HOUR:
        text = ngettext("%(source)s · synced %(count)s min ago", "%(source)s · synced %(count)s min ago", minutes)
        return text % {"source": _(name), "count": minutes}
    moment = dates.clock_time(at, zone) if now - at < DAY else dates.day_of_year(at.astimezone(zone).date())
    return _("%(source)s · synced %(moment)s") % {"source": _(name), "moment": moment}
