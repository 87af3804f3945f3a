"""Memberships: nothing is counted twice in a team, nothing is lost, and an edge moves what lies between."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.metrics import engine
from milepost.metrics.catalog import METRICS
from milepost.metrics.question import By, Measure
from milepost.metrics.stints import ALWAYS, FOREVER, Stint, changed, overlapping, rest, united
from milepost.tickets.columns import AUTOMATION
from milepost.tickets.events import NOBODY
from milepost.tickets.store import Store
from tests.metrics.test_metrics import HOUR, NOW, WHOLE, desk

EDGES: Final = st.integers(0, 40)
MOMENTS: Final = range(-1, 42)
NUMBERS: Final = (1, 2, 3)
ADDITIVE: Final = [metric.key for metric in METRICS.values() if metric.adds_up_over_people]


@st.composite
def stints(draw: Any) -> list[Stint]:
    """Some numbers in some groups, for a while or always, as they come."""
    since, until = sorted(draw(st.tuples(EDGES, EDGES)))
    edges = draw(st.sampled_from([(since, until + 1), (ALWAYS, until + 1), (since, FOREVER), (ALWAYS, FOREVER)]))
    one = Stint(draw(st.sampled_from(NUMBERS)), draw(st.integers(1, 3)), *edges)
    return [one, *(draw(stints()) if draw(st.booleans()) else [])]


def groups(ones: Sequence[Stint], number: int, moment: int) -> list[int]:
    """The groups of a number at a moment, as often as it is in them."""
    return sorted(one.group for one in ones if one.number == number and one.since <= moment < one.until)


@given(stints())
def test_united_memberships_say_the_same_once(ones: list[Stint]) -> None:
    for number in NUMBERS:
        for moment in MOMENTS:
            assert groups(united(ones), number, moment) == sorted(set(groups(ones, number, moment)))
    assert united(united(ones)) == united(ones)


@given(stints())
def test_whoever_is_in_no_team_is_in_the_rest_and_nobody_else(ones: list[Stint]) -> None:
    others = tuple(rest(ones, NUMBERS, group=9))
    for number in NUMBERS:
        for moment in MOMENTS:
            assert (groups(others, number, moment) == [9]) is not bool(groups(ones, number, moment))


@given(stints())
def test_teams_overlap_where_somebody_is_in_two_of_them(ones: list[Stint]) -> None:
    together = [set(groups(ones, number, moment)) for number in NUMBERS for moment in MOMENTS]
    assert overlapping(ones) == set().union(*(some for some in together if len(some) > 1))


@given(stints(), stints())
def test_what_changed_is_when_the_team_of_somebody_is_another(before: list[Stint], after: list[Stint]) -> None:
    told = tuple(changed(united(before), united(after)))
    for number in NUMBERS:
        for moment in MOMENTS:
            differing = set(groups(before, number, moment)) ^ set(groups(after, number, moment))
            assert set(groups(told, number, moment)) == differing


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Tickets that are also merged, deleted and restored."""
    return desk(Store(tmp_path_factory.mktemp("desk") / "facts"), removals=True)


def measure_of(metric: str) -> Measure:
    declared = METRICS[metric]
    return Measure.of(declared, within=HOUR if declared.bounded else None)


def counts(store: Store, metric: str, pooled: Sequence[Stint]) -> dict[int, int]:
    """The numerator of every team."""
    amounts = engine.measure(store, measure_of(metric), WHOLE, by=By.AGENT, now=NOW, stints=pooled)
    return {one.group or 0: one.numerator or 0 for one in amounts}


def agents(store: Store) -> list[int]:
    """Everybody to whom anything can be credited."""
    return [NOBODY, AUTOMATION, *sorted(store.numbers("agent"))]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_teams_and_the_rest_sum_to_the_whole_where_nobody_is_in_two(store: Store, data: Any) -> None:
    metric = data.draw(st.sampled_from(ADDITIVE))
    pooled: list[Stint] = []
    for agent in agents(store):
        edges = sorted({data.draw(st.integers(WHOLE[0].start, WHOLE[0].end)) for _ in range(3)})
        pooled += [Stint(agent, data.draw(st.integers(1, 3)), *span) for span in pairwise(edges)]
    everybody = [*united(pooled), *rest(pooled, agents(store), group=0)]
    whole = engine.measure(store, measure_of(metric), WHOLE, by=By.ALL, now=NOW)
    assert sum(counts(store, metric, everybody).values()) == sum(one.numerator or 0 for one in whole)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_people_of_a_team_sum_to_the_team(store: Store, data: Any) -> None:
    metric = data.draw(st.sampled_from(ADDITIVE))
    since, until = sorted(data.draw(st.lists(st.integers(0, WHOLE[0].end), min_size=2, max_size=2, unique=True)))
    team = [Stint(agent, 1, since, until) for agent in sorted(store.numbers("agent"))]
    apart = [replace(one, group=one.number) for one in team]
    assert counts(store, metric, team).get(1, 0) == sum(counts(store, metric, apart).values())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_edge_moves_exactly_the_acts_between(store: Store, data: Any) -> None:
    """Of what counts by its moment, a team until the later day has what it had, and what was done between the two."""
    metric = data.draw(st.sampled_from([key for key in ADDITIVE if not METRICS[key].is_level]))
    first, second = sorted(data.draw(st.lists(st.integers(0, WHOLE[0].end), min_size=2, max_size=2, unique=True)))
    agent = data.draw(st.sampled_from(sorted(store.numbers("agent"))))
    before, later, between = (
        counts(store, metric, [Stint(agent, 1, *span)]).get(1, 0)
        for span in ((ALWAYS, first), (ALWAYS, second), (first, second))
    )
    assert later == before + between


def test_two_teams_with_the_same_people_have_the_same_and_the_total_has_it_once(store: Store) -> None:
    everybody = [Stint(agent, team) for agent in agents(store) for team in (1, 2)]
    (whole,) = engine.measure(store, measure_of("tickets_closed"), WHOLE, by=By.ALL, now=NOW)
    assert counts(store, "tickets_closed", everybody) == {1: whole.numerator, 2: whole.numerator}


def test_nobody_in_a_team_has_no_amount(store: Store) -> None:
    assert counts(store, "tickets_closed", [Stint(max(agents(store)) + 1, 1)]) == {}
