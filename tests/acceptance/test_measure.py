"""`milepost measure` agrees with plain counting over the log: every team, every agent, every month, every metric."""

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command

from milepost.metrics.presets import PRESETS
from tests.acceptance import oracle
from tests.acceptance.oracle import Act, Acts, Number

Computed = tuple[Callable[[Acts], list[Act]], bool, Callable[[list[Act]], Number]]

AGGREGATES: Final[dict[str, Callable[[list[Act]], Number]]] = {
    "average": oracle.average,
    "median": partial(oracle.percentile, share=50),
    "p75": partial(oracle.percentile, share=75),
    "p90": partial(oracle.percentile, share=90),
    "p95": partial(oracle.percentile, share=95),
}


def firsts(acts: Acts) -> list[Act]:
    return [act for act in acts.resolutions if act.nth == 1]


# Which acts count, whether they must still stand at the end of the period, and what is made of them.
COMPUTED: Final[dict[str, Computed]] = {
    "tickets_created": (lambda acts: acts.created, False, oracle.count),
    "tickets_closed": (lambda acts: acts.resolutions, True, oracle.count),
    "resolutions": (lambda acts: acts.resolutions, False, oracle.count),
    "reopens": (lambda acts: acts.reopens, False, oracle.count),
    "first_response": (lambda acts: acts.replies, False, oracle.average),
    "first_resolution": (firsts, False, oracle.average),
    "full_resolution": (lambda acts: acts.resolutions, True, oracle.average),
    **{f"{key}_response_time": (lambda acts: acts.replies, False, how) for key, how in AGGREGATES.items()},
    **{f"{key}_first_resolution_time": (firsts, False, how) for key, how in AGGREGATES.items()},
    **{f"{key}_resolution_time": (lambda acts: acts.resolutions, True, how) for key, how in AGGREGATES.items()},
}
ADD_UP: Final = ["tickets_created", "tickets_closed", "resolutions", "reopens"]
AVERAGES: Final = ["average_response_time", "average_first_resolution_time", "average_resolution_time"]


@pytest.fixture
def log(installation: Path, settings: Any, db: None) -> None:
    """The command reads the facts of the whole log."""
    settings.FACTS_FOLDER = installation / "facts"


def printed(metric: str, by: str, how: str = "json", duration: str = "monthly") -> str:
    """What the command prints over all months of the log."""
    months = oracle.months()
    out = io.StringIO()
    call_command(
        "measure",
        metric=metric,
        by=by,
        duration=duration,
        first=months[0][1].date(),
        last=months[-1][1].date().replace(day=28),
        format=how,
        stdout=out,
    )
    return out.getvalue()


def answered(metric: str, by: str) -> dict[tuple[str, str], Number]:
    """The exact value by month and group."""
    rows = json.loads(printed(metric, by))
    for row in rows:
        exact = None if row["numerator"] is None else Fraction(row["numerator"], row["denominator"])
        assert row["value"] == (None if exact is None else pytest.approx(float(exact), abs=1e-6))
    found = {
        (row["period"], row["group"]): Number(
            None if row["numerator"] is None else Fraction(row["numerator"], row["denominator"]), row["tickets"]
        )
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def computed(metric: str, by: str) -> dict[tuple[str, str], Number]:
    """The same from the CSV, for every group that has an act in any month."""
    of, standing, how = COMPUTED[metric]
    months = oracle.months()
    found = oracle.by_group(of(oracle.acts()), by, months, standing=standing)
    groups = {group for _, group in found}
    return {(label, group): how(found.get((label, group), [])) for label, _, _ in months for group in groups}


def test_every_aggregate_of_a_metric_computed_here_is_computed() -> None:
    metrics = {PRESETS[name][0] for name in COMPUTED}
    # The other metrics are computed a second time in tests/metrics/test_log.py.
    assert {name for name, (metric, _aggregate) in PRESETS.items() if metric in metrics} == COMPUTED.keys()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("by", ["agent", "team", "all"])
@pytest.mark.parametrize("metric", COMPUTED)
def test_every_group_and_every_month_is_as_counted_from_the_log(metric: str, by: str) -> None:
    assert answered(metric, by) == computed(metric, by)


@pytest.mark.usefixtures("log")
def test_there_is_much_to_compare() -> None:
    assert len(oracle.months()) == 13
    assert len(computed("tickets_closed", "agent")) > 13 * 200
    assert len(computed("tickets_closed", "team")) > 13 * 70
    assert ("2016-03", "(unassigned)") in computed("tickets_closed", "agent")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("by", ["agent", "team", "pipeline"])
@pytest.mark.parametrize("metric", ADD_UP + AVERAGES)
def test_the_parts_sum_to_the_whole(metric: str, by: str) -> None:
    parts = json.loads(printed(metric, by))
    for whole in json.loads(printed(metric, "all")):
        mine = [row for row in parts if row["period"] == whole["period"] and row["numerator"] is not None]
        assert sum(row["numerator"] for row in mine) == (whole["numerator"] or 0)
        assert sum(row["tickets"] for row in mine) == whole["tickets"]
        if metric in AVERAGES:
            assert sum(row["denominator"] for row in mine) == (whole["denominator"] or 0)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("metric", ["tickets_closed", "median_resolution_time"])
def test_csv_and_table_hold_what_json_holds(metric: str) -> None:
    rows = json.loads(printed(metric, "team"))
    lines = list(csv.DictReader(io.StringIO(printed(metric, "team", "csv"))))
    assert lines == [{name: written(value, nothing="") for name, value in row.items()} for row in rows]
    _, *table = printed(metric, "team", "table").splitlines()
    shown = [
        [row[name] for name in ("period", "group", "value", "numerator", "denominator", "tickets")] for row in rows
    ]
    assert len(table) == len(shown)
    for line, cells in zip(table, shown, strict=True):
        assert " ".join(line.split()).startswith(" ".join(written(cell, nothing="-") for cell in cells))


def written(value: object, *, nothing: str) -> str:
    if value is None:
        return nothing
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.usefixtures("log")
def test_a_year_counts_a_ticket_once_that_was_closed_in_two_of_its_months() -> None:
    def total(duration: str) -> int:
        return sum(row["value"] for row in json.loads(printed("tickets_closed", "all", duration=duration)))

    standing = [act for act in oracle.acts().resolutions if act.undone_at is None]
    over_years = oracle.by_group(
        oracle.acts().resolutions,
        "all",
        [(str(year), oracle.when(f"1/1/{year} 0:00"), oracle.when(f"1/1/{year + 1} 0:00")) for year in (2016, 2017)],
        standing=True,
    )
    assert total("yearly") == sum(map(len, over_years.values())) >= len(standing)
    assert total("monthly") > total("yearly")
