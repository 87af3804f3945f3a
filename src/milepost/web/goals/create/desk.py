"""What every step needs of the account and its people: who may be chosen, who belongs to which team, the calendar."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from milepost.account.models import Account
from milepost.calendars.readings import Readings
from milepost.goals.visibility import choosable, reach
from milepost.metrics.metric import Hours
from milepost.people import memberships
from milepost.people.models import Person, Team, User
from milepost.people.roles import Capability, Place, Role, Scope, changes
from milepost.progress.clocks import Clocks
from milepost.sources import sync
from milepost.sources.models import Identity

Contributor = Team | Person
KINDS: Final[dict[str, type[Team] | type[Person]]] = {"team": Team, "person": Person}


def key_of(one: Contributor) -> str:
    """The key of a contributor in forms and drafts."""
    return f"{'team' if isinstance(one, Team) else 'person'}-{one.pk}"


@dataclass(frozen=True)
class Desk:
    """The account as one user sees it at one moment."""

    user: User
    account: Account
    now: datetime

    @property
    def is_for_oneself(self) -> bool:
        """Whether the user may set goals for nobody else, as whoever runs the installation."""
        return reach(self.user, Capability.CREATE_GOALS) is Scope.OWN

    @property
    def may_add_users(self) -> bool:
        """Whether the user may add one who sets goals for others."""
        return changes(Role(self.user.role), Place.USERS)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of new goals."""
        return ZoneInfo(self.account.zone)

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()

    @property
    def week_start(self) -> int:
        """0 is Monday."""
        return self.account.week_start

    @property
    def fiscal_month(self) -> int:
        """The month in which a fiscal year begins."""
        return self.account.fiscal_month

    @cached_property
    def hours(self) -> Hours:
        """On which clock durations are measured unless somebody chooses: business hours, once the facts have them."""
        return Hours.BUSINESS if sync.store().manifest().calendars else Hours.CALENDAR

    @cached_property
    def clock(self) -> Readings | None:
        """The working time of the account; None where no calendar is set."""
        return Clocks.load(self.now).of_account()

    @cached_property
    def contributors(self) -> dict[str, Contributor]:
        """Whom the user may choose, by key; teams first."""
        teams, persons = choosable(self.user, now=self.now)
        return {f"team-{one.pk}": one for one in teams} | {f"person-{one.pk}": one for one in persons}

    def found(self, keys: Iterable[str]) -> list[Contributor]:
        """Those with these keys, whether or not they may be chosen any more: the rules of a goal say what is wrong."""
        asked = [key.partition("-") for key in keys]
        numbers = {kind: [int(pk) for one, _, pk in asked if one == kind and pk.isdecimal()] for kind in KINDS}
        known: dict[str, Contributor] = {}
        for kind, model in KINDS.items():
            known |= {key_of(one): one for one in model.objects.filter(pk__in=numbers[kind])}
        return [known[key] for key in keys if key in known]

    @cached_property
    def members(self) -> Mapping[str, list[str]]:
        """The people of each team at this moment, by key, those who may be chosen."""
        running = memberships.running(now=self.now).order_by("person__name")
        found: dict[str, list[str]] = defaultdict(list)
        for team, person in running.values_list("team", "person"):
            if f"person-{person}" in self.contributors and f"person-{person}" not in found[f"team-{team}"]:
                found[f"team-{team}"].append(f"person-{person}")
        return found

    @cached_property
    def pipelines(self) -> list[str]:
        """The pipelines of all sources, A to Z."""
        kept = Identity.objects.filter(kind=Identity.Kind.PIPELINE, source__disconnected_at__isnull=True)
        return sorted(set(kept.values_list("key", flat=True)))
