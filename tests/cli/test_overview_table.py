"""The overview in the terminal says what the page says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from milepost.account.models import Account
from milepost.calendars.periods import Duration
from milepost.cli.overview_table import table
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.progress.queries import Counts, Overview
from milepost.progress.rows import Row

MID_JUNE = datetime(2026, 6, 16, tzinfo=UTC)


def row(contributor: str, **more: Any) -> Row:
    """A row of June: 6 of 10 tickets are closed."""
    said: dict[str, Any] = {
        "target": 1,
        "contributor": contributor,
        "contributor_id": 1,
        "is_team": False,
        "goal": 1,
        "goal_name": "Close more",
        "template": CLOSED.key,
        "measure": CLOSED.measure,
        "duration": Duration.MONTHLY,
        "milestone": 1,
        "ordinal": 0,
        "first_day": date(2026, 6, 1),
        "after_day": date(2026, 7, 1),
        "span": Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
        "pipelines": (),
        "wished": Decimal(10),
        "status": Status.IN_PROGRESS,
        "pace": Pace.AHEAD,
        "shown": Decimal(6),
        "progress": 60,
        "sample": 6,
        "measured_at": MID_JUNE,
        "stopped_at": None,
        "adjusted": False,
    }
    return Row(**said | more)


def drawn(rows: Sequence[Row], found: int | None = None) -> list[str]:
    """The lines of the table below its head, blanks made one."""
    found = len(rows) if found is None else found
    counts, nobodys = Counts({}, {}, 0), frozenset[int]()
    overview = Overview(rows, counts, found=found, page=1, calculated_at=None, editable=nobodys, now=MID_JUNE)
    lines = [" ".join(line.split()) for line in table(overview, Account(), now=MID_JUNE).splitlines()]
    assert lines[1] == "Goal Period Contributor Target Actual Progress Status Pace"
    return [line for line in lines[3:] if line]


def test_goal_and_period_are_said_once_for_all_their_contributors() -> None:
    assert drawn([row("Celina"), row("Dawid", shown=Decimal(2), progress=20, pace=Pace.AT_RISK)]) == [
        "Close more June 2026 Celina ≥ 10 6 60% In progress Ahead",
        "Dawid ≥ 10 2 20% In progress At risk",
    ]


def test_a_duration_is_to_stay_below_its_target() -> None:
    more = {"measure": RESPONSE.measure, "wished": Decimal(7200), "shown": Decimal(3900), "progress": 184}
    assert drawn([row("Ewa", **more)]) == ["Close more June 2026 Ewa ≤ 2 h 1 h 05 min 184% In progress Ahead"]


def test_what_is_not_there_is_a_dash_and_not_a_zero() -> None:
    nothing = {"wished": None, "shown": None, "progress": None, "pace": None, "status": Status.NOT_SET}
    assert drawn([row("Ewa", **nothing)]) == ["Close more June 2026 Ewa – – – No target set"]


@pytest.mark.parametrize(
    ("found", "said"), [(1, []), (2, ["1 more row is on the pages."]), (9, ["8 more rows are on the pages."])]
)
def test_the_table_is_bounded_and_says_how_much_it_leaves_out(found: int, said: list[str]) -> None:
    assert drawn([row("Celina")], found)[1:] == said
