"""A percentile that is moved by what came and went is the one of the values that are there."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.metrics.amounts import STEPS
from milepost.metrics.rollup.nearby import Lost, Near

VALUES = st.integers(0, 30)
PERCENTS = st.sampled_from([50, 75, 90, 95])


def stretch(values: list[int], first: int, last: int) -> Near:
    """The values of these ranks, of all of them."""
    return Near(len(values), len(values), first, sorted(values)[first:last])


def percentile(values: list[int], percent: int) -> int | None:
    """Type 7, in parts of `STEPS`."""
    ordered = sorted(values)
    if not ordered:
        return None
    place, part = divmod((len(ordered) - 1) * percent * STEPS, 100 * STEPS)
    following = ordered[min(place + 1, len(ordered) - 1)]
    return ordered[place] * STEPS + (following - ordered[place]) * part // 100


@given(st.data(), st.lists(VALUES, min_size=1, max_size=40), PERCENTS)
def test_moved_or_lost_but_never_wrong(data: st.DataObject, values: list[int], percent: int) -> None:
    first = data.draw(st.integers(0, len(values) - 1))
    last = data.draw(st.integers(first + 1, len(values)))
    near = stretch(values, first, last)
    for _ in range(4):
        going = data.draw(st.lists(st.sampled_from(values), max_size=3, unique=True)) if values else []
        coming = data.draw(st.lists(VALUES, max_size=3))
        values = list(values)
        for value in going:
            values.remove(value)
        values += coming
        try:
            near.move([*((value, -1) for value in going), *((value, 1) for value in coming)])
            assert near.quantile(percent) == percentile(values, percent)
            near.cut(percent)
        except Lost:
            return
        ordered = sorted(values)
        assert near.near == ordered[near.before : near.before + len(near.near or [])]


@given(st.lists(VALUES, max_size=30), st.lists(VALUES, max_size=30), PERCENTS)
def test_a_row_that_is_kept_whole_is_never_lost(before: list[int], coming: list[int], percent: int) -> None:
    near = stretch(before, 0, len(before))
    near.move((value, 1) for value in coming)
    near.move((value, -1) for value in before)
    assert near.quantile(percent) == percentile(coming, percent)


def test_facts_without_a_value_are_counted_and_have_no_percentile() -> None:
    near = Near()
    near.move([(None, 1), (None, 1), (None, -1)])
    assert (near.facts, near.values, near.quantile(50)) == (1, 0, None)


def test_a_value_that_goes_and_was_never_there_is_found_out() -> None:
    near = stretch([1, 2, 3, 5, 8], 1, 4)
    with pytest.raises(Lost):
        near.move([(4, -1)])


def test_a_stretch_is_cut_around_its_rank_and_answers_as_before() -> None:
    values = list(range(10_000))
    near = stretch(values, 0, len(values))
    before = near.quantile(90)
    near.cut(90)
    assert near.near is not None
    assert len(near.near) == 1_000
    assert near.near[0] <= 8_999 <= near.near[-1]
    assert bisect_left(near.near, 8_999) in range(400, 600)
    assert near.quantile(90) == before
