"""`--team-by membership` measures and explains teams by who was in them at the act."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from milepost.people import actions
from milepost.people.models import Team
from tests.progress.conftest import MAY, Desk, desk

__all__ = ["desk"]

JUNE = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 2, 3)]
ASKED = ("--metric", "tickets_closed", "--from", "2026-06-01", "--to", "2026-06-30", "--format", "json")


@pytest.fixture
def run(desk: Desk, settings: Any) -> Any:
    """What a command prints as JSON about this desk, and what it says beside."""
    settings.FACTS_FOLDER = desk.folder / "facts"

    def run(command: str, *arguments: str) -> tuple[Any, str]:
        out, beside = StringIO(), StringIO()
        call_command(command, *ASKED, *arguments, stdout=out, stderr=beside)
        return json.loads(out.getvalue()), beside.getvalue()

    return run


def joins(desk: Desk, name: str, team: str, since: datetime = MAY, until: datetime | None = None) -> None:
    where = Team.objects.get_or_create(name=team)[0]
    actions.join(desk.person(name), where, since=since, until=until, by=None, now=MAY)


def by_team(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["group"]: row["value"] for row in rows}


def test_what_is_done_outside_of_any_team_has_a_row_of_its_own(desk: Desk, run: Any) -> None:
    joins(desk, "Celina", "Billing", since=JUNE[1])
    desk.solves("Celina", JUNE)
    desk.solves("Dawid", JUNE[:1])
    rows, beside = run("measure", "--by", "team", "--team-by", "membership")
    assert (by_team(rows), beside) == ({"Billing": 2, "(no team)": 2}, "")
    assert by_team(run("measure", "--by", "team", "--team-by", "group")[0]) == {"Frontline": 4}
    assert by_team(run("measure", "--by", "team")[0]) == {"Frontline": 4}


def test_overlapping_teams_are_named_and_the_total_counts_once(desk: Desk, run: Any) -> None:
    joins(desk, "Celina", "Billing")
    joins(desk, "Celina", "Frontline")
    desk.solves("Celina", JUNE)
    rows, beside = run("measure", "--by", "team", "--team-by", "membership")
    assert by_team(rows) == {"Billing": 3, "Frontline": 3}
    assert beside.startswith("These teams overlap: Billing, Frontline.")
    assert by_team(run("measure", "--by", "all", "--team-by", "membership")[0]) == {"all": 3}


def test_a_team_by_membership_is_explained_with_whom_it_leaves_out(desk: Desk, run: Any) -> None:
    joins(desk, "Celina", "Billing", since=JUNE[1])
    desk.solves("Celina", JUNE)
    found, _beside = run("explain", "--team", "Billing", "--team-by", "membership")
    assert (found["counted"], found["not_counted"]) == (2, 1)
    assert found["tickets"][2]["reason"] == "The person it is credited to was not in the team then."


def test_a_team_without_agents_cannot_be_explained(desk: Desk, run: Any) -> None:
    desk.solves("Celina", JUNE)
    with pytest.raises(CommandError, match="No agent of a help desk was ever in a team “Billing”"):
        run("explain", "--team", "Billing", "--team-by", "membership")
