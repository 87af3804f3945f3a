"""What stands around every page: the account, how fresh the numbers are, and what readers must know of them."""

from collections.abc import Iterator
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
from milepost.notifications import inbox
from milepost.people import roles
from milepost.people.models import User
from milepost.people.roles import Capability, Place, Role, Scope
from milepost.sources.models import Source
from milepost.tickets.notes import SENTENCES, Note
from milepost.web import first_steps
from milepost.web.avatars import Avatar, of_person
from milepost.web.demo_card import Card, card
from milepost.web.setup import may_see
from milepost.worker.models import Job

THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "theme"
HALF_HOUR: Final = timedelta(minutes=30)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# Who connects help desks, who manages by their numbers, and who watches over what is collected.
SEE_SOURCES: Final = frozenset({Role.ADMIN, Role.MANAGER, Role.OBSERVER})


@dataclass(frozen=True)
class Fresh:
    """How fresh the numbers are, in a sentence; `old` marks it."""

    text: str
    old: bool


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

    @cached_property
    def demo(self) -> Card | None:
        """Where the demo data are on their way, for whoever may load and remove them."""
        return card(now=clock.now()) if first_steps.may_start(self._user) else None

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
        """How the source is doing that answered longest ago: one that is asked every few minutes should have since."""
        if not self._read:
            return None
        at, source = min(self._read, key=lambda one: one[0])
        return _fresh(source, at, now=clock.now(), zone=ZoneInfo(self.account.zone))

    @cached_property
    def warnings(self) -> list[str]:
        """What stands above all numbers: a sentence for each source that has not answered for a day."""
        now, zone = clock.now(), ZoneInfo(self.account.zone)
        silent = [_since_connected(one, zone) for one in self.sources if _never_answered(one, now)]
        return silent + [_warning(source, at, zone) for at, source in sorted(self._old(now), key=lambda one: one[0])]

    def _old(self, now: datetime) -> Iterator[tuple[datetime, Source]]:
        return ((at, source) for at, source in self._read if now - at > DAY)

    @cached_property
    def _read(self) -> list[tuple[datetime, Any]]:
        """The sources that were ever read, each with when it answered last."""
        return [(at, source) for source in self.sources if (at := source.answered_at or source.read_at) is not None]

    @property
    def avatar(self) -> Avatar:
        """The sign of who is signed in."""
        return of_person(self._user.name, self._user.pk)

    @cached_property
    def unread(self) -> int:
        """How many notices the reader has not read, up to one more than are counted out."""
        return inbox.unread(self._user, now=clock.now())

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
    def may_see_absences(self) -> bool:
        """Whether there is anybody whose absences the reader may see: people, or the reader."""
        return Role(self._user.role) in roles.KEEPS_ABSENCES or self._user.person_id is not None

    @property
    def may_see_settings(self) -> bool:
        """Whether the reader may see the settings."""
        return may_see(self._user, Place.SETTINGS)

    @cached_property
    def start(self) -> first_steps.Steps | None:
        """The first steps, while they are to be taken by the reader."""
        return first_steps.pending(self._request, self._user)

    @property
    def may_see_status(self) -> bool:
        """Whether the reader may see how the installation is doing."""
        return may_see_status(self._user)

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


def may_see_status(user: User) -> bool:
    """Whether this user may see how the installation is doing: whoever runs it."""
    return Role(user.role) is Role.ADMIN


def _fresh(source: Source, at: datetime, *, now: datetime, zone: ZoneInfo) -> Fresh:
    return Fresh(
        _late(source, at, now, zone) if _is_late(source, at, now) else _since(source.title, at, now, zone),
        old=now - at > DAY or _is_late(source, at, now),
    )


def _warning(source: Source, at: datetime, zone: ZoneInfo) -> str:
    if source.is_inbound:
        text = _("These numbers are from %(moment)s. %(source)s has sent nothing since.")
    elif source.is_asked:
        text = _("These numbers are from %(moment)s. %(source)s has not answered since.")
    else:
        text = _("These numbers are from %(moment)s. %(source)s was not read since.")
    return text % {"moment": dates.moment(at, zone), "source": source.title}


def _never_answered(source: Any, now: datetime) -> bool:
    never = source.answered_at is None and source.read_at is None
    return (source.is_asked or source.is_inbound) and never and now - source.connected_at > DAY


def _since_connected(source: Source, zone: ZoneInfo) -> str:
    text = (
        _("These numbers are without %(source)s, which has sent nothing since it was connected: %(moment)s.")
        if source.is_inbound
        else _("These numbers are without %(source)s, which has not answered since it was connected: %(moment)s.")
    )
    return text % {"moment": dates.moment(source.connected_at, zone), "source": source.title}


def _is_late(source: Source, at: datetime, now: datetime) -> bool:
    return source.is_asked and now - at > HALF_HOUR


def _late(source: Source, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Whether it is still tried is what the job says: one that only a person can mend waits for that person."""
    if source.is_inbound:
        text = _("%(source)s · nothing was sent since %(moment)s.")
        return text % {"source": source.title, "moment": _moment(at, now, zone)}
    stopped = Job.objects.filter(name=f"sync:{source.slug}", due_at__isnull=True).exists()
    text = (
        _("%(source)s · last synced %(moment)s. An administrator must look.")
        if stopped
        else _("%(source)s · last synced %(moment)s. Retrying.")
    )
    return text % {"source": source.title, "moment": _moment(at, now, zone)}


def _moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return dates.clock_time(at, zone) if now - at < DAY else dates.day_of_year(at.astimezone(zone).date())


def _since(name: str, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return _("%(source)s · synced just now") % {"source": name}
    if now - at < HOUR:
        text = ngettext("%(source)s · synced %(count)s min ago", "%(source)s · synced %(count)s min ago", minutes)
        return text % {"source": name, "count": minutes}
    return _("%(source)s · synced %(moment)s") % {"source": name, "moment": _moment(at, now, zone)}
