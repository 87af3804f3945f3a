"""What `milepost measure` divides its answer by, and how the groups are called. The parts sum to the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from milepost.metrics.question import By
from milepost.metrics.stints import Stint, overlapping, rest
from milepost.people.models import Team
from milepost.sources import memberships
from milepost.tickets.columns import AUTOMATION
from milepost.tickets.events import NOBODY
from milepost.tickets.store import Store

# What stands in the place of a name where there is none.
NAMELESS: Final = {By.AGENT: "(unassigned)", By.TEAM: "(unassigned)", By.PIPELINE: "(none)", By.ALL: "all"}
AUTOMATIC: Final = "(automation)"
NO_TEAM: Final = "(no team)"


@dataclass(frozen=True)
class Grouping:
    """By what the facts are divided, the names of the groups, and who is in them for a while."""

    by: By
    names: Mapping[int | None, str]
    stints: tuple[Stint, ...] = ()


def of_facts(by: By, store: Store) -> Grouping:
    """The groups that stand in the facts themselves."""
    names: dict[int | None, str] = {None: NAMELESS[by]}
    if by is not By.ALL:
        names[AUTOMATION] = AUTOMATIC
        names |= dict[int | None, str](store.numbers(by.value).items())
    return Grouping(by, names)


def by_membership(store: Store) -> Grouping:
    """The teams here. Acts by nobody, or by somebody who was in no team then, are a group of their own."""
    stints = memberships.stints()
    outside = rest(stints, [NOBODY, *store.numbers(By.AGENT.value)], group=NOBODY)
    names: dict[int | None, str] = {None: NO_TEAM, AUTOMATION: AUTOMATIC}
    names |= {team.pk: team.name for team in Team.objects.all()}
    return Grouping(By.AGENT, names, (*stints, *outside, Stint(AUTOMATION, AUTOMATION)))


def shared(grouping: Grouping, start: datetime, end: datetime) -> list[str]:
    """The names of the groups that overlap in the span: they sum to more than the whole."""
    found = overlapping(grouping.stints, since=int(start.timestamp()), until=int(end.timestamp()))
    return sorted(grouping.names[group] for group in found)
