"""Blocks go to and fro between the grid and spreadsheets."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.web.goals.grid import Cell
from tests.browser.grid.conftest import Show
from tests.browser.grid.page import closed, response

pytestmark = pytest.mark.urls("tests.browser.grid.page")


def test_a_block_is_pasted_from_the_active_cell_on(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 2)
    sheet.paste("100\t1 200\r\n90\t80\r\n")
    assert sheet.row("Bartek") == ["", "100", "1,200", "", "", ""]
    assert sheet.row("Celina") == ["", "90", "80", "", "", ""]
    assert sheet.said == "4 cells changed."
    sheet.press("Control+z")
    assert sheet.row("Bartek") == sheet.row("Celina") == [""] * 6


def test_durations_are_pasted_however_they_are_written(show: Show) -> None:
    sheet = show(response())
    sheet.click("Celina", 1)
    sheet.paste("48\t1:30\t1 h 30\t2h 30m\t1,5 h\t90 s")
    assert sheet.row("Celina") == ["48 min", "1 h 30", "1 h 30", "2 h 30", "1 h 30", "1 min 30 s"]


def test_cells_with_quotes_and_breaks_stay_cells(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.paste('"12"\t"a ""quoted""\nnote"\t14\n15')
    assert sheet.row("Bartek")[:3] == ["12", "", "14"]
    assert sheet.row("Celina")[0] == "15"
    assert sheet.said == '3 cells changed. 1 pasted cell could not be read and kept the old value: “a "quoted" note”.'


def test_one_value_fills_the_selection(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1, to=("Dawid", 2))
    sheet.paste("25")
    assert [sheet.row(name)[:3] for name in ("Bartek", "Celina", "Dawid")] == [["25", "25", ""]] * 3


def test_what_does_not_fit_is_left_out_and_told(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Dawid", 5)
    sheet.paste("1\t2\t3\t4\n5\t6\t7\t8")
    assert sheet.row("Dawid") == ["", "", "", "", "1", "2"]
    assert sheet.said == (
        "2 cells changed. The block was larger than the grid. 2 columns were left out."
        " 1 row did not fit and was left out."
    )


def test_what_cannot_be_read_keeps_the_old_value(show: Show) -> None:
    sheet = show(response(cells={("person-2", 0): Cell(Decimal(2880))}))
    sheet.click("Celina", 1)
    sheet.paste("lots\t50")
    assert sheet.row("Celina")[:2] == ["48 min", "50 min"]
    assert "1 pasted cell could not be read and kept the old value: “lots”." in sheet.said


def test_rows_are_matched_by_name_in_any_order_without_accents(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Frontline", 1)
    sheet.paste("Łoś Dawid\t3\t30\nC. Dabrowska\t2\t20\nbartek zak\t1\t10\nEwa\t9\t90")
    assert sheet.row("Bartek")[:2] == ["1", "10"]
    assert sheet.row("Celina")[:2] == ["2", "20"]
    assert sheet.row("Dawid")[:2] == ["3", "30"]
    assert sheet.row("Frontline")[:2] == ["", ""]
    assert sheet.said == "6 cells changed. 3 rows matched by name. 1 name was not found: “Ewa”."


def test_months_are_matched_by_their_heading(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Frontline", 1)
    sheet.paste("Agent\tMar\tjanuary 2027\tTotal\nCelina Dąbrowska\t3\t1\t4")
    assert sheet.row("Celina") == ["1", "", "3", "", "", ""]


def test_a_name_that_two_rows_have_is_not_guessed(show: Show) -> None:
    grid = closed()
    twins = [*grid.rows, replace(grid.rows[2], key="person-9")]
    sheet = show(replace(grid, rows=twins))
    sheet.click("Frontline", 1)
    sheet.paste("Celina Dąbrowska\t7\nDawid Łoś\t8")
    assert sheet.row("Dawid")[0] == "8"
    assert "1 name was not found: “Celina Dąbrowska”." in sheet.said


def test_a_block_is_copied_for_spreadsheets_and_comes_back_the_same(show: Show) -> None:
    sheet = show(response())
    sheet.click("Bartek", 1)
    sheet.paste("48\t1:30\n1 min 30 s\t")
    sheet.click("Bartek", 1, to=("Celina", 2))
    sheet.press("Control+c")
    assert sheet.said == "4 cells copied."
    copied = sheet.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == ["0:48\t1:30", "0:01:30\t"]
    table = sheet.page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())"
    )
    assert "<td>0:48</td><td>1:30</td>" in table
    sheet.click("Celina", 4)
    sheet.press("Control+v")
    assert sheet.row("Celina")[3:5] == ["48 min", "1 h 30"]
    assert sheet.row("Dawid")[3:5] == ["1 min 30 s", ""]


def test_cut_takes_the_values_along(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.paste("1200\t5")
    sheet.click("Bartek", 1, to=("Bartek", 2))
    sheet.press("Control+x")
    assert sheet.row("Bartek")[:2] == ["", ""]
    sheet.click("Dawid", 1)
    sheet.press("Control+v")
    assert sheet.row("Dawid")[:2] == ["1,200", "5"]


def test_in_polish_numbers_are_pasted_and_copied_with_a_comma(show: Show) -> None:
    sheet = show(response(), language="pl")
    sheet.click("Celina", 1)
    sheet.paste("1,5 h\t2 345 h")
    assert sheet.row("Celina")[:2] == ["1 h 30", "2345 h"]
    sheet.click("Celina", 1, to=("Celina", 2))
    sheet.press("Control+c")
    assert sheet.page.evaluate("navigator.clipboard.readText()") == "1:30\t2345:00"
