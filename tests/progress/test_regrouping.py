"""Who is who is decided, and the numbers of everybody follow: of two agents as of one, and back again."""

from datetime import UTC, datetime
from typing import Any

from milepost.people.models import Person
from milepost.progress.regrouping import refresh_identities
from milepost.sources import who_is_who
from milepost.sources.models import Identity
from tests.progress.test_memberships import BILLING, FRONTLINE, JULY, closed, joins, june, team


def agent(name: str) -> Identity:
    return Identity.objects.select_related("person").get(kind=Identity.Kind.AGENT, key=name)


def test_a_person_pools_what_both_agents_did_and_gives_it_back_when_they_are_separated(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE)
    goal = desk.goal("Celina", "Dawid", FRONTLINE)
    desk.solves("Celina", june(1, 2))
    desk.solves("Dawid", june(3, 4, 5))
    desk.refresh(JULY)
    assert closed(desk, goal, "Celina", "Dawid", FRONTLINE) == [2, 3, 2]
    celina, dawid = desk.person("Celina"), desk.person("Dawid")
    who_is_who.unite(agent("Dawid"), celina, by=None, now=JULY)
    refresh_identities([celina.pk, dawid.pk], [], store=desk.store, now=JULY)
    assert closed(desk, goal, "Celina", "Dawid", FRONTLINE) == [5, 0, 5]
    assert who_is_who.separate(agent("Dawid"), by=None, now=JULY) == dawid
    refresh_identities([celina.pk, dawid.pk], [], store=desk.store, now=JULY)
    assert closed(desk, goal, "Celina", "Dawid", FRONTLINE) == [2, 3, 2]


def test_what_is_final_stays_as_it_was(desk: Any) -> None:
    goal = desk.goal("Celina", "Dawid")
    desk.solves("Celina", june(1, 2))
    desk.solves("Dawid", june(3))
    late = datetime(2026, 7, 20, tzinfo=UTC)
    desk.is_read_until(late)
    desk.refresh(late)
    celina, dawid = desk.person("Celina"), desk.person("Dawid")
    who_is_who.unite(agent("Dawid"), celina, by=None, now=late)
    refresh_identities([celina.pk, dawid.pk], [], store=desk.store, now=late)
    assert [row.verdict.numerator for row in (desk.measured(goal, name, 6) for name in ("Celina", "Dawid"))] == [2, 1]


def test_a_group_that_is_another_team_takes_its_tickets_along(desk: Any) -> None:
    goal = desk.goal(FRONTLINE, BILLING)
    desk.solves("Celina", june(1, 2))
    desk.refresh(JULY)
    group = Identity.objects.filter(kind=Identity.Kind.TEAM).first()
    assert group is not None
    assert group.team is not None
    other = team(BILLING if group.team.name == FRONTLINE else FRONTLINE)
    before = dict(zip((FRONTLINE, BILLING), closed(desk, goal, FRONTLINE, BILLING), strict=True))
    assert before[group.team.name] == 2
    earlier = who_is_who.map_group(group, other, by=None, now=JULY)
    assert earlier == group.team
    refresh_identities([], [other.pk, earlier.pk], store=desk.store, now=JULY)
    after = dict(zip((FRONTLINE, BILLING), closed(desk, goal, FRONTLINE, BILLING), strict=True))
    assert after[other.name] == 2
    assert Person.objects.filter(name="Celina").exists()
