"""`milepost explain` lists the tickets behind a number."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from milepost.goals.models import Target
from milepost.progress.measure import refresh
from tests.progress.conftest import Desk, desk

__all__ = ["desk"]

JUNE = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 2, 3)]


@pytest.fixture
def explained(desk: Desk, settings: Any) -> Any:
    """What the command prints as JSON about this desk."""
    settings.FACTS_FOLDER = desk.folder / "facts"

    def run(*arguments: str) -> Any:
        out = StringIO()
        call_command("explain", *arguments, "--format", "json", stdout=out)
        return json.loads(out.getvalue())

    return run


def test_what_was_reopened_is_listed_with_its_reason(desk: Desk, explained: Any) -> None:
    desk.solves("Celina", JUNE)
    desk.reopens("Celina", JUNE[-1], datetime(2026, 6, 20, tzinfo=UTC))
    asked = ("--metric", "tickets_closed", "--agent", "Celina", "--from", "2026-06-01", "--to", "2026-06-30")
    found = explained(*asked)
    assert (found["counted"], found["not_counted"]) == (2, 1)
    assert [row["ticket"] for row in found["tickets"]] == ["T-0", "T-2", "T-4"]
    assert found["tickets"][2]["reason"] == "It was undone: reopened, or replaced by a newer rating."


def test_a_target_is_explained_by_as_many_tickets_as_it_counts(desk: Desk, explained: Any) -> None:
    goal = desk.goal("Celina", value=5)
    desk.solves("Celina", JUNE)
    refresh(store=desk.store, now=datetime(2026, 7, 2, tzinfo=UTC))
    target = Target.objects.get(contributor__goal=goal, milestone__first_day__month=6)
    found = explained("--target", str(target.pk))
    assert found["counted"] == target.measurement.sample == 3


def test_a_name_that_no_ticket_has_is_refused(desk: Desk, explained: Any) -> None:
    desk.solves("Celina", JUNE)
    with pytest.raises(CommandError, match="No ticket has the agent “Nobody”"):
        explained("--metric", "tickets_closed", "--agent", "Nobody", "--from", "2026-06-01", "--to", "2026-06-30")


def test_half_a_question_is_refused(desk: Desk, explained: Any) -> None:
    with pytest.raises(CommandError, match="Give --target, or --metric"):
        explained("--metric", "tickets_closed")
