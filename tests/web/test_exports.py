"""The overview as CSV and as a workbook."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from milepost.goals.goal_templates import RESPONSE
from milepost.goals.models import Goal, Target
from milepost.history.models import Change
from milepost.people.models import User
from milepost.web import sheets
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]


def rows(answer: Any) -> list[dict[str, str]]:
    """What a spreadsheet reads."""
    sent = b"".join(answer.streaming_content).decode()
    assert sent.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(sent[1:])))


def test_every_row_of_the_view_is_there_with_iso_days_and_status(desk: Desk, closed: Goal, reader: Reader) -> None:
    found = rows(reader(desk.cast.anna).get("/goals/export.csv?from=2026-03-01&to=2026-03-31&status=exceeded"))
    assert [row["Contributor"] for row in found] == ["Frontline", "Celina"]
    celina = found[1]
    assert celina["Goal"] == "Tickets closed 2026"
    assert celina["Person or team"] == "Person"
    assert celina["Period"] == "March\u00a02026"
    assert (celina["First day"], celina["Last day"]) == ("2026-03-01", "2026-03-31")
    assert (Decimal(celina["Target"]), Decimal(celina["Actual"])) == (Decimal(30), Decimal(40))
    assert celina["Unit"] == "tickets"
    assert (celina["Progress in percent"], celina["Status"], celina["Pace"]) == ("133", "Exceeded", "")
    assert celina["Calculated"] == "2026-03-16T12:00+01:00"


def test_durations_are_minutes_and_words(desk: Desk, reader: Reader) -> None:
    celina = desk.cast.person(desk.cast.celina)
    goal = desk.goal("R", template=RESPONSE.key, measure=RESPONSE.measure, persons=[celina], value=Decimal(5400))
    desk.measured(goal, "Celina", 3, 3660)
    (row,) = rows(reader(desk.cast.anna).get("/goals/export.csv"))
    assert (Decimal(row["Target"]), row["Target in words"]) == (Decimal(90), "1\u00a0h\u00a030\u00a0min")
    assert row["Unit"] == "minutes"
    assert (Decimal(row["Actual"]), row["Actual in words"]) == (Decimal(61), "1\u00a0h\u00a001\u00a0min")


def test_a_workbook_holds_the_same(desk: Desk, closed: Goal, reader: Reader) -> None:
    answer: Any = reader(desk.cast.anna).get("/goals/export.xlsx?status=exceeded&status=in_progress")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="milepost-2026-03-16.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    heading, *found = sheet.to_python()
    table = [dict(zip(heading, row, strict=True)) for row in found]
    assert [row["Contributor"] for row in table] == ["Frontline", "Celina", "Dawid", "Ewa"]
    assert (table[1]["Target"], table[1]["Actual"], table[1]["First day"]) == (30.0, 40.0, date(2026, 3, 1))


@pytest.mark.parametrize("beginning", sheets.FORMULAS)
def test_a_name_never_becomes_a_formula(desk: Desk, reader: Reader, beginning: str) -> None:
    evil = f"{beginning}cmd|' /C calc'!A0"
    goal = desk.goal("Evil", persons=[desk.cast.person(desk.cast.ewa)], value=Decimal(1))
    Goal.objects.filter(pk=goal.pk).update(name=evil)
    anna = reader(desk.cast.anna)
    (row,) = rows(anna.get("/goals/export.csv"))
    assert row["Goal"].startswith("'")
    answer: Any = anna.get("/goals/export.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    assert str(sheet.to_python()[1][0]).strip() == evil.strip()


@given(st.text() | st.integers() | st.dates() | st.none() | st.decimals(allow_nan=False, allow_infinity=False))
def test_no_cell_of_text_begins_like_a_formula(cell: sheets.Cell) -> None:
    defused = sheets.defused(cell)
    if isinstance(cell, str):
        assert not defused.startswith(sheets.FORMULAS)
        assert defused.removeprefix("'") == cell.removeprefix("'")


def test_ewa_takes_out_only_what_she_sees(desk: Desk, closed: Goal, reader: Reader) -> None:
    found = rows(reader(desk.cast.ewa).get("/goals/export.csv"))
    assert [row["Contributor"] for row in found] == ["Frontline", "Ewa"]


def test_ticked_rows_alone_can_be_exported(desk: Desk, closed: Goal, reader: Reader) -> None:
    march = Target.objects.filter(milestone__first_day=date(2026, 3, 1))
    ticked = [one.pk for one in march if str(one.contributor) in {"Dawid", "Celina"}]
    found = rows(reader(desk.cast.anna).post("/goals/export.csv?from=2026-03-01&to=2026-03-31", {"target": ticked}))
    assert [row["Contributor"] for row in found] == ["Celina", "Dawid"]
    # Ewa sends the same keys, and gets none of those rows.
    assert rows(reader(desk.cast.ewa).post("/goals/export.csv", {"target": ticked})) == []


def test_history_says_who_took_what_out(desk: Desk, closed: Goal, reader: Reader) -> None:
    rows(reader(desk.cast.anna).get("/goals/export.csv?status=missed"))
    change = Change.objects.get(verb="exported")
    assert (change.actor_name, change.after) == ("Anna", {"query": "status=missed", "targets": None})


def test_an_export_reads_in_parts_and_asks_once_for_each(desk: Desk, reader: Reader) -> None:
    persons = [desk.cast.person(one) for one in (desk.cast.celina, desk.cast.dawid, desk.cast.ewa)]
    for number in range(15):
        desk.goal(f"Goal {number:02}", persons=persons, value=Decimal(1))
    anna = reader(desk.cast.anna)
    with CaptureQueriesContext(connection) as queries:
        found = rows(anna.get("/goals/export.csv?from=2026-01-01&to=2026-12-31"))
    assert len(found) == 540
    assert [row["Goal"] for row in found] == sorted(row["Goal"] for row in found)
    assert len(queries) <= 18


def test_it_is_in_polish_for_polish_readers(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post("/language", {"language": "pl", "next": "/goals"})
    found = rows(anna.get("/goals/export.csv?status=exceeded"))
    assert "Przekroczony" in found[0].values()
