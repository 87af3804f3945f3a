"""What is told of a target, by how it stood and how it stands: the table of the issue, row by row."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.notifications.decide import Known, Stands, afterwards, decide, week_of

WARSAW = ZoneInfo("Europe/Warsaw")
MARCH = Span(datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
NOW = datetime(2026, 3, 18, 11, tzinfo=UTC)
AFTER = MARCH.end + timedelta(days=2)
MONDAY = date(2026, 3, 16)
SEEN = Known(begun=True, pace=Pace.ON_PACE, monday=MONDAY)
RUNS = Stands(MARCH, made_at=MARCH.start, is_set=True, status=Status.IN_PROGRESS, pace=Pace.ON_PACE, version=1)
ENDED = replace(RUNS, status=Status.MISSED, pace=None, verdict=1)


def told(before: Known, after: Stands, now: datetime = NOW) -> list[tuple[str, str]]:
    """Kind and occasion."""
    return [(one.kind.value, one.occasion) for one in decide(before, after, now=now, week=week_of(now, WARSAW))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Kickoff, once.
        (Known(), RUNS, [("kickoff", "1")]),
        (SEEN, RUNS, []),
        (Known(), replace(RUNS, is_set=False), []),
        # Behind pace: when it becomes so, or worse; in its week.
        (SEEN, replace(RUNS, pace=Pace.BEHIND), [("behind_pace", "2026-03-16")]),
        (SEEN, replace(RUNS, pace=Pace.AT_RISK), [("behind_pace", "2026-03-16")]),
        (replace(SEEN, pace=None), replace(RUNS, pace=Pace.BEHIND), [("behind_pace", "2026-03-16")]),
        (replace(SEEN, pace=Pace.BEHIND), replace(RUNS, pace=Pace.AT_RISK), [("behind_pace", "2026-03-16")]),
        (replace(SEEN, pace=Pace.BEHIND), replace(RUNS, pace=Pace.BEHIND), []),
        (replace(SEEN, pace=Pace.AT_RISK), replace(RUNS, pace=Pace.BEHIND), []),
        # Achieved while it runs: once for each version of the target; exceeded waits for the end.
        (SEEN, replace(RUNS, status=Status.ACHIEVED, pace=None), [("achieved", "1")]),
        (SEEN, replace(RUNS, status=Status.EXCEEDED, pace=None), [("achieved", "1")]),
        (replace(SEEN, told=1), replace(RUNS, status=Status.ACHIEVED, pace=None), []),
        (replace(SEEN, told=1), replace(RUNS, status=Status.ACHIEVED, pace=None, version=2), [("achieved", "2")]),
        # The week.
        (replace(SEEN, monday=date(2026, 3, 9)), RUNS, [("weekly_progress", "2026-03-16")]),
        (replace(SEEN, monday=date(2026, 3, 2)), RUNS, [("weekly_progress", "2026-03-16")]),
        # Whoever has left is told nothing.
        (Known(), replace(RUNS, stopped=True, status=Status.ACHIEVED), []),
    ],
)
def test_while_it_runs(before: Known, after: Stands, expected: list[tuple[str, str]]) -> None:
    assert told(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Provisional: no verdict is told.
        (SEEN, replace(ENDED, verdict=0), []),
        (SEEN, replace(ENDED, final=Status.MISSED), [("missed", "1")]),
        (SEEN, replace(ENDED, final=Status.EXCEEDED), [("exceeded", "1")]),
        (SEEN, replace(ENDED, final=Status.ACHIEVED), [("achieved", "1")]),
        (SEEN, replace(ENDED, final=Status.NO_DATA), []),
        # Achieved is told once, whether it was while it ran or at its end; of exceeded both.
        (replace(SEEN, told=1), replace(ENDED, final=Status.ACHIEVED), []),
        (replace(SEEN, told=1), replace(ENDED, final=Status.EXCEEDED), [("exceeded", "1")]),
        (replace(SEEN, told=1), replace(ENDED, final=Status.ACHIEVED, version=2), [("achieved", "2")]),
        (replace(SEEN, told=1), replace(ENDED, final=Status.MISSED), [("missed", "1")]),
        # A verdict that was seen; one that was reopened; one that corrects it.
        (replace(SEEN, verdict=1), replace(ENDED, final=Status.MISSED), []),
        (replace(SEEN, verdict=1), replace(ENDED, reopened=True), []),
        (replace(SEEN, verdict=1), replace(ENDED, final=Status.ACHIEVED, verdict=2), [("corrected", "2")]),
        (replace(SEEN, verdict=2), replace(ENDED, final=Status.ACHIEVED, verdict=2), []),
        # A kickoff, a week, a pace of a milestone that is over are dropped.
        (Known(), replace(ENDED, verdict=0), []),
        # What had ended before there was a target is no news to anybody.
        (Known(), replace(ENDED, final=Status.MISSED, made_at=AFTER), []),
    ],
)
def test_at_the_end(before: Known, after: Stands, expected: list[tuple[str, str]]) -> None:
    assert told(before, after, AFTER) == expected


def test_a_target_that_fell_back_says_so_in_the_week() -> None:
    before = replace(SEEN, told=1, monday=date(2026, 3, 9))
    (weekly,) = decide(before, RUNS, now=NOW, week=week_of(NOW, WARSAW))
    assert weekly.fell_back
    (weekly,) = decide(before, replace(RUNS, version=2), now=NOW, week=week_of(NOW, WARSAW))
    assert not weekly.fell_back


def test_what_belongs_to_a_week_or_a_milestone_is_over_with_it() -> None:
    week = week_of(NOW, WARSAW)
    assert [one.until for one in decide(Known(), RUNS, now=NOW, week=week)] == [MARCH.end]
    (behind,) = decide(SEEN, replace(RUNS, pace=Pace.BEHIND), now=NOW, week=week)
    assert behind.until == datetime(2026, 3, 23, 7, 30, tzinfo=UTC)
    last = datetime(2026, 3, 31, 12, tzinfo=UTC)
    (behind,) = decide(
        replace(SEEN, monday=date(2026, 3, 30)), replace(RUNS, pace=Pace.BEHIND), now=last, week=week_of(last, WARSAW)
    )
    assert behind.until == MARCH.end


def test_a_week_begins_on_monday_at_half_past_eight_by_the_clocks_of_the_day() -> None:
    # Clocks go forward on Sunday 29 March.
    assert week_of(datetime(2026, 3, 23, 7, 29, tzinfo=UTC), WARSAW).monday == date(2026, 3, 16)
    assert week_of(datetime(2026, 3, 23, 7, 30, tzinfo=UTC), WARSAW).monday == date(2026, 3, 23)
    assert week_of(datetime(2026, 3, 30, 6, 29, tzinfo=UTC), WARSAW).monday == date(2026, 3, 23)
    assert week_of(datetime(2026, 3, 30, 6, 30, tzinfo=UTC), WARSAW).monday == date(2026, 3, 30)


def test_a_milestone_that_began_in_this_week_has_no_weekly_progress_yet() -> None:
    begun = datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert told(replace(SEEN, monday=date(2026, 3, 9)), replace(RUNS, span=replace(MARCH, start=begun))) == []


def test_what_was_decided_is_known_afterwards() -> None:
    week = week_of(NOW, WARSAW)
    reached = replace(RUNS, status=Status.ACHIEVED, pace=None, version=7)
    known = afterwards(Known(), reached, now=NOW, week=week)
    assert known == Known(begun=True, pace=None, told=7, verdict=0, monday=MONDAY)
    assert decide(known, reached, now=NOW, week=week) == []
    judged = replace(ENDED, final=Status.ACHIEVED, version=7)
    assert afterwards(known, judged, now=AFTER, week=week_of(AFTER, WARSAW)).verdict == 1


def test_a_clock_that_was_set_back_tells_nothing_twice() -> None:
    later = replace(SEEN, monday=date(2026, 3, 23))
    assert told(later, RUNS) == []


def test_what_was_judged_does_not_run_again_where_a_clock_is_set_back_before_its_end() -> None:
    judged = replace(RUNS, final=Status.MISSED, verdict=1, pace=Pace.BEHIND)
    assert told(replace(SEEN, verdict=1), judged) == []
    assert told(SEEN, judged) == [("missed", "1")]
