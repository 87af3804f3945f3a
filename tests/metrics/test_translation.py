"""Statements in the SQL of engines that cannot be started here: as written down, and readable as that engine's SQL.

After a change on purpose: `.venv/bin/python -m tests.metrics.test_translation` writes them anew; read the difference.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

import pytest
import sqlglot

from milepost.base.errors import Refused
from milepost.calendars.slots import Slots
from milepost.metrics import compiler
from milepost.metrics.catalog import METRICS
from milepost.metrics.engines.translation import PERCENTILES, Dialect, translated
from milepost.metrics.metric import QUANTILES, Aggregate, Hours
from milepost.metrics.question import By, Condition, Measure, Window
from milepost.metrics.stints import ALWAYS, Stint
from milepost.tickets.events import NOBODY
from tests.metrics.test_oracle import measures

FOLDER: Final = Path(__file__).with_name("statements")
COMPILED: Final = (Dialect.TRINO, Dialect.SNOWFLAKE, Dialect.BIGQUERY)
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
WINDOWS: Final = (Window(0, 1_761_955_200, 1_764_547_200, later=True), Window(1, 1_764_547_200, 1_767_225_600))
CONDITIONS: Final = (Condition("priority", frozenset({2, 3})), Condition("channel"))
SLOTS: Final = Slots("slots", 86_400, 3_600, 1)
STINTS: Final = (Stint(NOBODY, 13), Stint(4, 13, 1_762_000_000), Stint(4, 14, ALWAYS, 1_763_000_000))
ONLY_DUCKDB: Final = ("GROUP BY ALL", "worked_at", "unnest(string_split", "quantile_cont")
WITHIN: Final = Measure.of(METRICS["first_response_within"], hours=Hours.BUSINESS, within=14_400)


def statement(measure: Measure, stints: Sequence[Stint] = ()) -> compiler.Statement:
    members = {1: 11, 2: 11, 3: 12}
    found = compiler.statement(
        measure, WINDOWS, by=By.AGENT, now=NOW, members=members, conditions=CONDITIONS, stints=stints
    )
    assert found is not None
    return found


WRITTEN: Final = {
    "an act, on average": statement(Measure.of(METRICS["first_response"])),
    "an act that must stand": statement(Measure.of(METRICS["tickets_closed"])),
    "an act of members of a team": statement(Measure.of(METRICS["tickets_closed"]), STINTS),
    "a share within a bound in business hours": statement(WITHIN),
    "the same of members of a team": statement(WITHIN, STINTS),
    "a level": statement(Measure.of(METRICS["oldest_open"])),
    "a level of members of a team": statement(Measure.of(METRICS["oldest_open"]), STINTS),
    "a removal": statement(Measure.of(METRICS["tickets_removed"])),
    "a median": statement(Measure(METRICS["full_resolution"], Aggregate.MEDIAN)),
}


def written(dialect: Dialect) -> str:
    """The statements of an engine, each below its name; a refusal in its place."""
    each = []
    for name, asked in WRITTEN.items():
        try:
            text = translated(asked, dialect, SLOTS)
            text = sqlglot.parse_one(text, read=dialect.value).sql(dialect.value, pretty=True)
        except Refused as refusal:
            text = f"-- {refusal}"
        each.append(f"-- {name}\n{text};\n")
    return "\n".join(each)


@pytest.mark.parametrize("dialect", COMPILED)
def test_statements_are_as_written_down(dialect: Dialect) -> None:
    assert written(dialect) == (FOLDER / f"{dialect.name.lower()}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("dialect", Dialect)
def test_every_measure_is_translated_or_refused_for_want_of_exact_percentiles(dialect: Dialect) -> None:
    for measure, stints in product(measures()[::5], ((), STINTS)):
        if measure.aggregate in QUANTILES and dialect not in PERCENTILES:
            with pytest.raises(Refused, match="no exact percentiles"):
                translated(statement(measure, stints), dialect, SLOTS)
            continue
        text = translated(statement(measure, stints), dialect, SLOTS)
        assert sqlglot.parse_one(text, read=dialect.value).sql(dialect.value) is not None
        only = [word for word in ONLY_DUCKDB if word in text]
        assert only == []


def test_values_can_only_be_numbers() -> None:
    """They come as text and go into the statement: nothing else gets through."""
    asked = WRITTEN["a level"]
    with pytest.raises(ValueError, match="invalid literal"):
        translated(
            compiler.Statement(asked.sql, asked.parameters | {"windows": "0,1); DROP TABLE facts"}), Dialect.TRINO
        )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in COMPILED:
        (FOLDER / f"{one.name.lower()}.sql").write_text(written(one), encoding="utf-8")
