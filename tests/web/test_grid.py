"""The grid of targets reads its form, cell by cell, and points out what a team's people cannot make."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from milepost.formats import parse
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.metrics.question import Measure
from milepost.web.goals.grid import Badge, Cell, Column, Earlier, Grid, Kind, Pipeline, Row
from milepost.web.goals.grid_page import GridPage

FRONTLINE = Row("team-1", "Frontline", Kind.TEAM)
CELINA = Row("person-2", "Celina", teams=("team-1",))
DAWID = Row("person-3", "Dawid", teams=("team-1",))
EWA = Row("person-4", "Ewa")
JANUARY, FEBRUARY = Column(0, "Jan", "January 2027"), Column(1, "Feb", "February 2027")


def grid(measure: Measure = CLOSED.measure, **fields: Any) -> Grid:
    """Frontline with Celina and Dawid, and Ewa of Billing, in January and February."""
    return replace(Grid(measure, [FRONTLINE, CELINA, DAWID, EWA], [JANUARY, FEBRUARY]), **fields)


def form(**fields: str) -> QueryDict:
    """A form, its names with underscores for dashes."""
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.appendlist(name.replace("_", "-"), value)
    return query


def january(**values: int) -> dict[tuple[str, int], Cell]:
    """Targets in January, by row."""
    return {(key.replace("_", "-"), 0): Cell(Decimal(value)) for key, value in values.items()}


def test_a_posted_cell_has_its_value_and_a_blank_one_none() -> None:
    posted = grid(cells=january(person_3=5)).posted(form(target_person_2_0="1,200", target_person_3_0=" "))
    assert posted.values["person-2", 0] == 1200
    assert posted.values["person-3", 0] is None
    assert posted.mistakes == {}


def test_a_cell_that_is_not_in_the_form_keeps_its_value() -> None:
    assert grid(cells=january(person_2=5)).posted(form()).values["person-2", 0] == 5


def test_a_mistake_keeps_its_text_and_is_not_among_the_values() -> None:
    posted = grid(RESPONSE.measure).posted(form(target_person_2_0="lots", target_person_3_0="0"))
    assert posted.text("person-2", 0) == "lots"
    assert posted.mistakes == {
        ("person-2", 0): "“lots” is not a duration. Try 48, 1:30 or 1 h 30.",
        ("person-3", 0): "A target of 0 cannot be reached or missed. Leave it empty instead.",
    }
    assert ("person-2", 0) not in posted.values


def test_a_locked_month_is_neither_read_nor_stored() -> None:
    locked = grid(columns=[replace(JANUARY, locked=True), FEBRUARY], cells=january(person_2=5))
    posted = locked.posted(form(target_person_2_0="9", target_person_2_1="8"))
    assert posted.cell("person-2", 0).value == 5
    assert ("person-2", 0) not in posted.values
    assert posted.values["person-2", 1] == 8


def test_a_bare_number_means_hours_where_the_goal_says_so() -> None:
    posted = grid(RESPONSE.measure, bare=parse.HOUR).posted(form(target_person_2_0="14"))
    assert posted.values["person-2", 0] == 14 * 3600


def test_pipelines_are_read_where_they_were_asked_for_and_only_known_ones() -> None:
    asked = form(pipelines_person_2_asked="", pipelines_person_2="support", pipelines_person_3_asked="")
    asked.appendlist("pipelines-person-2", "unknown")
    rows = [CELINA, replace(DAWID, pipelines=frozenset({"support"})), replace(EWA, pipelines=frozenset({"support"}))]
    posted = grid(rows=rows, pipelines=[Pipeline("support", "Support")]).posted(asked)
    assert [row.pipelines for row in posted.rows] == [{"support"}, frozenset(), {"support"}]


def test_values_are_written_in_the_language_of_the_reader() -> None:
    shown = grid(cells=january(person_2=12_345))
    assert shown.text("person-2", 0) == "12,345"
    with translation.override("pl"):
        assert shown.text("person-2", 0) == "12\u00a0345"


@pytest.mark.parametrize(
    ("cells", "badge"),
    [
        ({}, Badge.NOT_SET),
        (january(person_2=10), Badge.NOT_SET),
        (january(team_1=30), None),
        (january(team_1=30, person_2=10), None),
        (january(team_1=30, person_2=10, person_3=20), None),
        (january(team_1=31, person_2=10, person_3=20), Badge.MISMATCH),
    ],
)
def test_a_team_whose_people_make_another_count_is_pointed_out(
    cells: dict[tuple[str, int], Cell], badge: Badge | None
) -> None:
    assert grid(cells=cells).badge(FRONTLINE) is badge


@pytest.mark.parametrize(
    ("team", "badge"), [(600, None), (900, None), (1200, None), (599, Badge.MISMATCH), (1201, Badge.MISMATCH)]
)
def test_the_average_of_a_team_lies_between_those_of_its_people(team: int, badge: Badge | None) -> None:
    cells = january(team_1=team, person_2=600, person_3=1200)
    assert grid(RESPONSE.measure, cells=cells).badge(FRONTLINE) is badge


def test_a_person_has_no_badge() -> None:
    assert grid().badge(CELINA) is None


def test_the_fragment_is_a_form_without_its_script() -> None:
    shown = grid(cells=january(person_2=5) | {("person-3", 0): Cell(text="<b>", mistake="Use a whole number.")})
    html = render_to_string("components/target_grid.html", {"grid": GridPage(shown, "Targets")})
    assert '<input name="target-person-2-0" value="5" aria-label="Celina, January 2027"' in html
    assert 'value="&lt;b&gt;"' in html
    assert '<span class="mistake" id="target-person-3-0-mistake">Use a whole number.</span>' in html
    assert 'role="grid"' not in html


def test_the_script_gets_every_plural_form() -> None:
    texts = GridPage(grid(), "Targets").script["texts"]
    assert texts["changed"]["one"] == "%(count)s cell changed."
    assert texts["changed"]["few"] == texts["changed"]["other"] == "%(count)s cells changed."


def test_the_script_gets_the_period_before_row_by_row() -> None:
    earlier = {Earlier.ACTUALS: {("person-2", 1): Decimal("41.5")}}
    page = GridPage(grid(rows=[CELINA], earlier=earlier), "Targets")
    assert page.script["earlier"] == {"targets": {}, "actuals": {"person-2": [None, 41.5]}}


def test_two_hundred_people_and_fifty_two_weeks_fit_in_one_form() -> None:
    rows = [Row(f"person-{number}", f"Person {number}") for number in range(200)]
    weeks = [Column(number, f"W{number}", f"Week {number}") for number in range(52)]
    fields = {f"target-{row.key}-{week.ordinal}": "12" for row in rows for week in weeks}
    request = RequestFactory().post("/", fields)
    posted = grid(rows=rows, columns=weeks).posted(request.POST)
    assert set(posted.values.values()) == {Decimal(12)}
    assert len(posted.values) == 10_400
