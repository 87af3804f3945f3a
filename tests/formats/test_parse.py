"""What people type becomes exact values, and what is shown can be typed again."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from milepost.base.errors import Refused
from milepost.formats import durations, parse, values
from milepost.metrics.metric import Unit

LANGUAGES = st.sampled_from(["en", "pl"])
LONGEST = 10_000 * 3600


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("48", 48 * 60),
        ("48m", 48 * 60),
        ("48 min", 48 * 60),
        ("90 s", 90),
        ("1:30", 5400),
        ("0:05", 300),
        ("1h30", 5400),
        ("1 h 30", 5400),
        ("1 h 30 min", 5400),
        ("1 h 30 min 15 s", 5415),
        ("1.5h", 5400),
        ("1,5 h", 5400),
        ("1 godz. 30 min", 5400),
        ("2 godziny", 7200),
        ("1,234 h", 1234 * 3600),
        ("12 345 h", 12_345 * 3600),
        ("2,5", 150),
        ("0:00", 0),
    ],
)
def test_a_duration_is_read_however_it_is_typed(typed: str, seconds: int) -> None:
    assert parse.duration(typed) == seconds


def test_a_bare_number_is_hours_where_resolution_is_measured() -> None:
    assert parse.duration("14", bare=parse.HOUR) == 14 * 3600
    assert parse.duration("14 min", bare=parse.HOUR) == 14 * 60


@pytest.mark.parametrize("typed", ["lots", "", "1:75", "1 h 1 h", "-5", "1.2.3", "5 days", "h", "9" * 50, "1:30 min"])
def test_what_is_no_duration_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not a duration\. Try 48, 1:30 or 1 h 30\."):
        parse.duration(typed)


@pytest.mark.parametrize("typed", ["1234", "1,234", "1 234", "1.234", "1'234", "1\u00a0234"])
def test_a_count_may_have_any_mark_between_thousands(typed: str) -> None:
    assert parse.count(typed) == 1234


@pytest.mark.parametrize("typed", ["1.5", "1,23", "twelve", "", "-3", "1 23", "²", "9" * 50])
def test_part_of_a_ticket_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="whole number of tickets"):
        parse.count(typed)


@pytest.mark.parametrize(
    ("typed", "percent"), [("92", "92"), ("92%", "92"), ("92,5", "92.5"), ("92.5 %", "92.5"), (",5", "0.5")]
)
def test_a_percentage_is_read_with_or_without_its_sign(typed: str, percent: str) -> None:
    assert parse.percentage(typed) == Decimal(percent)


@pytest.mark.parametrize("typed", ["most", "", "1 000", "-5", "%"])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="between 0% and 100%"):
        parse.percentage(typed)


@given(seconds=st.integers(0, LONGEST), language=LANGUAGES)
def test_a_duration_as_shown_can_be_typed_again(seconds: int, language: str) -> None:
    with translation.override(language):
        assert parse.duration(durations.duration(seconds)) == seconds
        assert parse.duration(durations.narrow_duration(seconds)) == seconds


@given(tickets=st.integers(0, 10**9), language=LANGUAGES)
def test_a_count_as_shown_can_be_typed_again(tickets: int, language: str) -> None:
    with translation.override(language):
        assert parse.count(values.value(Decimal(tickets), Unit.TICKETS)) == tickets


@given(percent=st.decimals(0, 100, places=1), language=LANGUAGES)
def test_a_percentage_as_shown_can_be_typed_again(percent: Decimal, language: str) -> None:
    with translation.override(language):
        assert parse.percentage(values.value(percent, Unit.SHARE)) == percent


@pytest.mark.parametrize("typed", ["200000000000000000000000000", f"{10**12}s", f"{10**30}:30", f"{10**28} h 5"])
def test_a_number_beyond_all_time_is_not_a_duration(typed: str) -> None:
    with pytest.raises(Refused, match="is not a duration"):
        parse.duration(typed)


@example(typed="200000000000000000000000000")
@given(typed=st.text(max_size=60))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    for read in (parse.duration, parse.count, parse.percentage):
        try:
            assert read(typed) >= 0
        except Refused as refused:
            assert str(refused).endswith(".")  # noqa: PT017 - reading it is as right as refusing it
