"""Changing settings says first what it does, then does exactly that; goals stay as they are."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.goals.models import Milestone, Target
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.history.models import Change
from milepost.people import actions as people
from milepost.progress import settings
from milepost.progress.models import Measurement

MID_JUNE = datetime(2026, 6, 16, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
GRACE: Final = 24 * 28


def at_eight(month: int, count: int) -> list[datetime]:
    return [datetime(2026, month, day, 8, tzinfo=UTC) for day in range(1, count + 1)]


def changed(**values: Any) -> Account:
    account = the_account()
    for name, value in values.items():
        setattr(account, name, value)
    return account


@pytest.fixture
def june(desk: Any) -> Any:
    """Celina closed 11 of 10 in May, which is not final for a month, and in the first half of June 5 of 10."""
    changed(grace_hours=GRACE).save()
    goal = desk.goal("Celina", value=10)
    desk.solves("Celina", at_eight(5, 11))
    desk.solves("Celina", at_eight(6, 5))
    desk.is_read_until(JULY)
    desk.refresh(MID_JUNE)
    desk.june = goal
    return desk


def words(desk: Any, month: int) -> tuple[str, str, str | None]:
    row = desk.measured(desk.june, "Celina", month)
    return row.status_running, row.status_ended, row.pace


def test_it_is_said_how_many_targets_change_and_nothing_changes(june: Any) -> None:
    kept = list(Measurement.objects.values())
    asked = settings.consequences(changed(exceeded_above=120, on_pace_ratio=101, ahead_ratio=110), now=MID_JUNE)
    assert asked.effect.statuses == {(Status.EXCEEDED, Status.ACHIEVED): 1}
    assert asked.effect.paces == {(Pace.ON_PACE, Pace.BEHIND): 1}
    assert (asked.effect.running, asked.effect.ended, asked.needs_reason) == (1, 1, True)
    assert list(Measurement.objects.values()) == kept


def test_what_was_said_is_what_happens_and_what_the_next_measuring_says(june: Any) -> None:
    settings.change(
        {"exceeded_above": 120, "on_pace_ratio": 101, "ahead_ratio": 110}, reason="agreed", by=None, now=MID_JUNE
    )
    assert words(june, 5)[1] == Status.ACHIEVED
    assert words(june, 6)[2] == Pace.BEHIND
    judged = [words(june, month) for month in (5, 6)]
    june.refresh(MID_JUNE)
    assert [words(june, month) for month in (5, 6)] == judged


def test_without_a_reason_nobody_changes_what_is_shown(june: Any) -> None:
    with pytest.raises(Refused, match="Say why"):
        settings.change({"exceeded_above": 120}, reason=" ", by=None, now=MID_JUNE)
    assert the_account().exceeded_above == 100
    assert words(june, 5)[1] == Status.EXCEEDED


def test_what_changes_nothing_shown_needs_no_reason(june: Any) -> None:
    settings.change({"name": "Kestrel", "week_start": 6, "grace_hours": GRACE}, reason="", by=None, now=MID_JUNE)
    told = Change.objects.filter(thing_kind="account").get()
    assert told.after == {"name": "Kestrel", "week_start": 6}


def test_what_is_final_stays_as_it_was_judged(june: Any) -> None:
    changed(grace_hours=24).save()
    june.refresh(MID_JUNE)
    asked = settings.consequences(changed(exceeded_above=120), now=MID_JUNE)
    assert (asked.effect.statuses, asked.effect.ended) == ({}, 0)
    settings.change({"exceeded_above": 120}, reason="agreed", by=None, now=MID_JUNE)
    june.refresh(MID_JUNE)
    may = june.measured(june.june, "Celina", 5)
    assert (may.verdict.status, may.verdict.rules["exceeded_above"]) == (Status.EXCEEDED, 100)


def test_what_has_stopped_is_not_judged_again(june: Any) -> None:
    people.deactivate(june.person("Celina"), by=None, now=datetime(2026, 5, 20, tzinfo=UTC))
    june.refresh(MID_JUNE)
    asked = settings.consequences(changed(exceeded_above=120, on_pace_ratio=101, ahead_ratio=110), now=MID_JUNE)
    assert asked.effect.targets == 0


def test_a_count_that_had_no_data_has_none_by_other_rules(desk: Any) -> None:
    goal = desk.goal("Celina", value=10)
    desk.solves("Celina", at_eight(5, 3))
    desk.is_read_until(datetime(2026, 5, 5, tzinfo=UTC))
    desk.refresh(JULY)
    assert desk.measured(goal, "Celina", 5).status_ended == Status.NO_DATA
    assert settings.consequences(changed(exceeded_above=120), now=JULY).effect.targets == 0


def test_a_new_zone_moves_what_is_to_come_and_no_target(june: Any) -> None:
    targets = list(Target.objects.order_by("pk").values())
    settings.change({"zone": "Asia/Kathmandu"}, reason="moved", by=None, now=MID_JUNE)
    may, running, july = Milestone.objects.filter(goal=june.june).order_by("ordinal")
    assert (may.end, running.start, running.end) == (running.start, datetime(2026, 6, 1, tzinfo=UTC), JULY)
    assert july.start == running.end
    assert july.end == datetime(2026, 7, 31, 18, 15, tzinfo=UTC)
    assert list(Target.objects.order_by("pk").values()) == targets


def test_a_return_after_the_end_changes_nothing_before_it_resumes(june: Any) -> None:
    celina = june.person("Celina")
    left = datetime(2026, 5, 20, tzinfo=UTC)
    people.deactivate(celina, by=None, now=left)
    june.refresh(MID_JUNE)
    people.reactivate(celina, by=None, now=MID_JUNE)
    june.solves("Celina", [MID_JUNE + timedelta(hours=1)])
    june.refresh(JULY)
    # May ended while she was away, June while she was back.
    assert words(june, 5)[1] == Status.EXCEEDED
    assert june.measured(june.june, "Celina", 5).measured_at == left
    assert june.measured(june.june, "Celina", 6).shown == 6
