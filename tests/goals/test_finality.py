"""When a milestone is final. One that ends on 1 July 2026 at midnight, with a grace of 24 hours."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.goals.finality import Closing, Moment, Standing, Watermark, behind, moment, waits_for

END = datetime(2026, 7, 1, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
PLAIN = Closing(END, timedelta(0), 24 * HOUR)
# Resolutions may be undone for three days.
OPEN_THREE_DAYS = Closing(END, 3 * DAY, 24 * HOUR)
READ = Watermark("desk", END)
BEHIND = Watermark("bills", END - SECOND)
UNREAD = Watermark("new", None)


@pytest.mark.parametrize(
    ("closing", "sources", "now", "expected"),
    [
        (PLAIN, [READ], END - SECOND, Moment.RUNNING),
        (PLAIN, [READ], END, Moment.PROVISIONAL),
        (PLAIN, [READ], END + DAY - SECOND, Moment.PROVISIONAL),
        (PLAIN, [READ], END + DAY, Moment.FINAL),
        (PLAIN, [BEHIND], END + DAY, Moment.PROVISIONAL),
        (PLAIN, [READ, BEHIND], END + DAY, Moment.PROVISIONAL),
        (PLAIN, [READ, BEHIND], END + 400 * DAY, Moment.PROVISIONAL),
        (PLAIN, [UNREAD], END + 400 * DAY, Moment.PROVISIONAL),
        (PLAIN, [], END + DAY, Moment.FINAL),
        (PLAIN, [], END + DAY - SECOND, Moment.PROVISIONAL),
        (OPEN_THREE_DAYS, [Watermark("desk", END + 3 * DAY)], END + 4 * DAY - SECOND, Moment.PROVISIONAL),
        (OPEN_THREE_DAYS, [Watermark("desk", END + 3 * DAY)], END + 4 * DAY, Moment.FINAL),
        (OPEN_THREE_DAYS, [READ], END + 4 * DAY, Moment.PROVISIONAL),
        (Closing(END, timedelta(0), timedelta(0)), [READ], END, Moment.FINAL),
    ],
)
def test_final_is_after_window_and_grace_once_every_source_was_read_past_the_window(
    closing: Closing, sources: list[Watermark], now: datetime, expected: Moment
) -> None:
    assert moment(closing, sources, now=now) is expected


@pytest.mark.parametrize(
    ("standing", "now", "expected"),
    [
        (Standing(stopped=True), END - SECOND, Moment.RUNNING),
        (Standing(stopped=True), END, Moment.FINAL),
        (Standing(judged=True), END, Moment.FINAL),
        (Standing(judged=True, reopened=True), END + 400 * DAY, Moment.PROVISIONAL),
        # A clock that steps back takes no verdict away.
        (Standing(judged=True), END - DAY, Moment.FINAL),
    ],
)
def test_what_was_decided_before_waits_for_no_source(standing: Standing, now: datetime, expected: Moment) -> None:
    assert moment(PLAIN, [UNREAD], standing, now=now) is expected


def test_it_waits_for_a_source_once_seven_days_have_passed_and_names_the_missing_ones_alone() -> None:
    sources = [READ, BEHIND, UNREAD]
    assert behind(PLAIN, sources) == ("bills", "new")
    assert waits_for(PLAIN, sources, now=END + 8 * DAY - SECOND) == ()
    assert waits_for(PLAIN, sources, now=END + 8 * DAY) == ("bills", "new")
    assert waits_for(PLAIN, [READ], now=END + 80 * DAY) == ()
