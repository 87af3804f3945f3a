"""Teams by membership: what a person did counts for the teams they were in at that moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from milepost.goals import team_ways
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Goal
from milepost.metrics.catalog import METRICS
from milepost.metrics.explain import Reason
from milepost.metrics.question import Measure
from milepost.people import actions
from milepost.people.models import Membership, Person, Team
from milepost.progress import explain
from milepost.progress.measure import refresh, refresh_after, refresh_teams
from milepost.sources.models import Source
from tests.metrics.changing import AGENTS, START, Changing
from tests.progress.conftest import MAY
from tests.progress.test_touched import KEYS, measured

MID_JUNE: Final = datetime(2026, 6, 15, tzinfo=UTC)
JULY: Final = datetime(2026, 7, 1, tzinfo=UTC)
ROUNDS: Final = 10
FRONTLINE, BILLING = "Frontline", "Billing"


def team(name: str) -> Team:
    return Team.objects.get_or_create(name=name)[0]


def joins(desk: Any, name: str, where: str, since: datetime = MAY, until: datetime | None = None) -> Membership:
    return actions.join(desk.person(name), team(where), since=since, until=until, by=None, now=MAY)


def june(*days: int) -> list[datetime]:
    return [datetime(2026, 6, day, 9, tzinfo=UTC) for day in days]


def closed(desk: Any, goal: Goal, *names: str) -> list[int | None]:
    """How many tickets each closed in June."""
    return [None if row is None else row.numerator for row in (desk.measured(goal, name, 6) for name in names)]


def test_a_goal_goes_by_membership_once_its_teams_have_members(desk: Any) -> None:
    before = desk.goal("Celina", FRONTLINE)
    joins(desk, "Celina", FRONTLINE)
    after, without = desk.goal(FRONTLINE), desk.goal(FRONTLINE, BILLING)
    ways = [Goal.TeamBy(goal.team_by) for goal in (before, after, without)]
    assert ways == [Goal.TeamBy.GROUP, Goal.TeamBy.MEMBERSHIP, Goal.TeamBy.GROUP]


def test_what_celina_closes_counts_for_the_team_she_is_in_at_that_moment(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE, until=MID_JUNE)
    joins(desk, "Celina", BILLING, since=MID_JUNE)
    goal = desk.goal("Celina", FRONTLINE, BILLING)
    desk.solves("Celina", june(1, 2, 14, 15, 16))
    desk.refresh(JULY)
    assert closed(desk, goal, "Celina", FRONTLINE, BILLING) == [5, 3, 2]


def test_the_group_in_the_help_desk_does_not_matter_by_membership(desk: Any) -> None:
    joins(desk, "Celina", BILLING)
    joins(desk, "Dawid", FRONTLINE)
    goal = desk.goal(FRONTLINE, BILLING)
    desk.solves("Celina", june(1, 2))
    desk.refresh(JULY)
    assert closed(desk, goal, FRONTLINE, BILLING) == [0, 2]


def test_a_ticket_of_celina_in_two_teams_counts_in_each(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE)
    joins(desk, "Celina", BILLING)
    # The same membership, entered twice, counts once.
    joins(desk, "Celina", FRONTLINE, since=MID_JUNE)
    goal = desk.goal("Celina", FRONTLINE, BILLING)
    desk.solves("Celina", june(1, 20))
    desk.refresh(JULY)
    assert closed(desk, goal, "Celina", FRONTLINE, BILLING) == [2, 2, 2]
    assert team_ways.sharing([team(FRONTLINE), team(BILLING)], since=MAY, until=JULY) == [
        team(FRONTLINE),
        team(BILLING),
    ]


def test_teams_that_follow_each_other_do_not_overlap(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE, until=MID_JUNE)
    joins(desk, "Celina", BILLING, since=MID_JUNE)
    assert team_ways.sharing([team(FRONTLINE), team(BILLING)], since=MAY, until=JULY) == []


def test_the_backlog_is_of_the_team_that_its_holder_is_in_just_before_the_end(desk: Any) -> None:
    """Celina leaves with the end of May: the backlog of May is Frontline’s, that of June Billing’s."""
    end_of_may = datetime(2026, 6, 1, tzinfo=UTC)
    joins(desk, "Celina", FRONTLINE, until=end_of_may)
    joins(desk, "Celina", BILLING, since=end_of_may)
    goal = desk.goal(FRONTLINE, BILLING, measure=Measure.of(METRICS["backlog"]))
    desk.solves("Celina", [datetime(2026, 5, 20, tzinfo=UTC)], after=timedelta(days=60))
    desk.refresh(datetime(2026, 7, 2, tzinfo=UTC))
    assert [desk.measured(goal, FRONTLINE, month).numerator for month in (5, 6)] == [1, 0]
    assert [desk.measured(goal, BILLING, month).numerator for month in (5, 6)] == [0, 1]


def test_moving_the_edge_of_a_membership_moves_exactly_the_acts_between(desk: Any) -> None:
    first = joins(desk, "Celina", FRONTLINE, until=june(10)[0])
    second = joins(desk, "Celina", BILLING, since=june(10)[0])
    goal = desk.goal(FRONTLINE, BILLING)
    desk.solves("Celina", june(*range(1, 21)))
    desk.refresh(JULY)
    assert closed(desk, goal, FRONTLINE, BILLING) == [9, 11]
    for edge, of_frontline in ((june(15)[0], 14), (june(3)[0], 2), (june(10)[0], 9)):
        for one, since, until in ((first, MAY, edge), (second, edge, None)):
            actions.change_membership(one, since=since, until=until, leads=False, by=None, now=JULY)
        refresh_teams([team(FRONTLINE).pk, team(BILLING).pk], store=desk.store, now=JULY)
        assert closed(desk, goal, FRONTLINE, BILLING) == [of_frontline, 20 - of_frontline]


def test_a_membership_that_never_was_takes_its_acts_with_it(desk: Any) -> None:
    joins(desk, "Dawid", FRONTLINE)
    wrong = joins(desk, "Celina", FRONTLINE)
    goal = desk.goal(FRONTLINE)
    desk.solves("Celina", june(1, 2))
    desk.solves("Dawid", june(3))
    desk.refresh(JULY)
    assert closed(desk, goal, FRONTLINE) == [3]
    actions.remove_membership(wrong, by=None, now=JULY)
    refresh_teams([team(FRONTLINE).pk], store=desk.store, now=JULY)
    assert closed(desk, goal, FRONTLINE) == [1]


def test_what_an_earlier_version_kept_of_the_last_refresh_is_passed_over(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE)
    goal = desk.goal(FRONTLINE)
    desk.solves("Celina", june(1))
    desk.refresh(JULY)
    (desk.store.folder / "measured").write_text(f"1 {JULY.isoformat()}", encoding="utf-8")
    refresh_after(desk.solves("Celina", june(2)), store=desk.store, now=JULY)
    assert closed(desk, goal, FRONTLINE) == [2]


def test_a_goal_by_group_is_not_measured_again_for_a_membership(desk: Any) -> None:
    goal = desk.goal(FRONTLINE)
    joins(desk, "Celina", FRONTLINE)
    desk.solves("Celina", june(1))
    desk.refresh(JULY)
    assert refresh_teams([team(FRONTLINE).pk], store=desk.store, now=JULY).measured == 0
    assert closed(desk, goal, FRONTLINE) == [1]


def test_few_reopens_are_no_achievement_of_a_team_whose_members_did_nothing_while_in_it(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE, until=june(1)[0])
    joins(desk, "Dawid", BILLING)
    goal = desk.goal(FRONTLINE, BILLING, measure=Measure.of(METRICS["reopens"]), value=1)
    desk.solves("Celina", june(5))
    desk.solves("Dawid", june(5))
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    assert [desk.measured(goal, name, 6).status_ended for name in (FRONTLINE, BILLING)] == ["no_data", "exceeded"]


def test_the_list_behind_a_team_says_whose_tickets_it_leaves_out(desk: Any) -> None:
    joins(desk, "Celina", FRONTLINE, until=MID_JUNE)
    goal = desk.goal(FRONTLINE)
    desk.solves("Celina", june(1, 2, 20))
    desk.refresh(JULY)
    target = desk.measured(goal, FRONTLINE, 6).target
    page = explain.explained(target, store=desk.store, now=JULY)
    assert (page.counted, page.not_counted) == (2, 1)
    assert [row.reason for row in page.rows] == [Reason.COUNTED, Reason.COUNTED, Reason.NOT_MEMBER]


def test_a_source_of_former_members_is_not_waited_for(desk: Any) -> None:
    """Ewa left Billing before the goal began; the help desk where she worked is not read any more."""
    joins(desk, "Ewa", BILLING, since=MAY - timedelta(days=90), until=MAY - timedelta(days=1))
    joins(desk, "Dawid", BILLING)
    goal = desk.goal(BILLING, value=1)
    desk.solves("Dawid", june(3))
    desk.solves("Ewa", june(3), source="old")
    desk.is_read_until(JULY)
    Source.objects.filter(slug="old").update(complete_until=MAY)
    desk.refresh(JULY)
    assert desk.measured(goal, BILLING, 6).status_ended == "achieved"


def test_measuring_what_changed_is_measuring_everything_by_membership_too(desk: Any, tmp_path: Path) -> None:
    """In every round tickets change, and somebody joins, leaves, or never was in a team."""
    random = Random("memberships")  # noqa: S311 - the same ones each time
    changing = Changing(desk.store, tmp_path / "changes.csv", "members")
    now = START + timedelta(days=30)
    changing.change(now)
    desk.match("desk")
    for name, where in (("Celina", FRONTLINE), ("Dawid", FRONTLINE), ("Ewa", BILLING)):
        joins(desk, name, where, since=START - timedelta(days=30))
    for metric in map(METRICS.__getitem__, KEYS[2::2]):
        measure = Measure.of(metric, within=86_400 if metric.bounded else None)
        desk.goal("Celina", FRONTLINE, BILLING, measure=measure, pipelines=["A"] if len(metric.key) % 2 else [])
    assert set(Goal.objects.values_list("team_by", flat=True)) == {"membership"}
    refresh(store=desk.store, now=now)
    for _ in range(ROUNDS):
        now += timedelta(days=3, hours=5)
        somebody_moves(desk, random, now)
        if random.random() < 0.5:
            refresh_teams(Team.objects.values_list("pk", flat=True), store=desk.store, now=now)
        written = changing.change(now)
        desk.match("desk")
        refresh_after(written, store=desk.store, now=now)
        partly = measured()
        refresh(store=desk.store, now=now)
        assert partly == measured()


def somebody_moves(desk: Any, random: Random, now: datetime) -> None:
    kept = list(Membership.objects.order_by("pk"))
    moment = START + random.random() * (now - START)
    what = random.random()
    if what < 0.3 and len(kept) > 3:
        actions.remove_membership(random.choice(kept), by=None, now=now)
    elif what < 0.6:
        one = random.choice(kept)
        actions.change_membership(
            one, since=one.since, until=max(moment, one.since + timedelta(1)), leads=False, by=None, now=now
        )
    else:
        name, where = random.choice(list(AGENTS)), random.choice((FRONTLINE, BILLING))
        joins(desk, name, where, since=moment)


def test_by_membership_or_by_group_is_measured_as_chosen(desk: Any) -> None:
    joins(desk, "Celina", BILLING)
    joins(desk, "Dawid", FRONTLINE)
    desk.solves("Celina", june(1))
    goal = desk.goal(FRONTLINE, BILLING, measure=CLOSED.measure)
    desk.refresh(JULY)
    by_membership = closed(desk, goal, FRONTLINE, BILLING)
    Goal.objects.filter(pk=goal.pk).update(team_by=Goal.TeamBy.GROUP)
    desk.refresh(JULY)
    assert (by_membership, closed(desk, goal, FRONTLINE, BILLING)) == ([0, 1], [1, 0])
    assert Person.objects.filter(memberships__team__name=BILLING).count() == 1
