"""Names are searched without their marks and ordered as people order them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.base.names import fold, natural


@pytest.mark.parametrize(
    ("name", "wanted"), [("Żółć", "zolc"), ("Łukasz", "LUKASZ"), ("Straße", "strasse"), ("Søren", "soren")]
)
def test_marks_and_size_do_not_matter(name: str, wanted: str) -> None:
    assert fold(name) == fold(wanted)


def test_group_2_comes_before_group_10() -> None:
    names = ["Group 10", "group 2", "Ängström", "Group 1b", "Zoë"]
    assert sorted(names, key=natural) == ["Ängström", "Group 1b", "group 2", "Group 10", "Zoë"]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_are_ordered_by_their_value(one: int, other: int) -> None:
    assert (natural(f"Team {one}") < natural(f"Team {other}")) is (one < other)
