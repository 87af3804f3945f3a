"""Whether the sources were read over the whole milestone. A milestone of June; days of 2026."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.goals.status import Span
from milepost.progress.coverage import Coverage, covered

JUNE = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
SECOND = timedelta(seconds=1)
EXACT = Coverage(JUNE.start, JUNE.end)


def test_a_source_read_from_the_start_to_the_end_covers_it() -> None:
    assert covered(JUNE, [EXACT])
    assert covered(JUNE, [Coverage(JUNE.start - SECOND, JUNE.end + SECOND)])


@pytest.mark.parametrize(
    "short",
    [
        Coverage(JUNE.start + SECOND, JUNE.end),
        Coverage(JUNE.start, JUNE.end - SECOND),
        Coverage(None, JUNE.end),
        Coverage(JUNE.start, None),
    ],
)
def test_one_source_that_was_not_read_over_all_of_it_is_enough_to_leave_it_uncovered(short: Coverage) -> None:
    assert not covered(JUNE, [EXACT, short])


def test_without_any_source_nothing_was_read() -> None:
    assert not covered(JUNE, [])
