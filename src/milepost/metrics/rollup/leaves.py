"""What is asked, as tables: one row of `leaf` for every number, window and question that wants an answer.

span      the distinct stretches [opens, closes) of all windows, as of when they are asked, and the last cell of each
cover     which cells make up a span
timing    the windows of a question and their spans
asked     whose facts a question asks, and for which of its groups
leaf      question, by, owner, span, window and grp
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import duckdb

from milepost.metrics.compiler import UNLISTED, listed
from milepost.metrics.question import Question, Window
from milepost.metrics.rollup.grid import Grid
from milepost.tickets.store import Touched


def make(
    db: duckdb.DuckDBPyConnection, questions: Sequence[Question], *, now: datetime, touched: Iterable[Touched] | None
) -> Grid | None:
    """Make the tables, and the grid of all edges; None where no window has begun.

    With `touched` there are only those leaves that these may have changed.
    """
    moment = int(now.timestamp())
    begun = [
        (number, window)
        for number, question in enumerate(questions)
        for window in question.windows
        if window.start < moment and question.members
    ]
    if not begun:
        return None
    grid = Grid.of(edge for _, window in begun for edge in (window.start, window.end))
    spans = {span: number for number, span in enumerate(sorted({_span(one) for _, one in begun}))}
    fill(
        db,
        'span(span INTEGER, opens BIGINT, closes BIGINT, as_of BIGINT, first INTEGER, "last" INTEGER)',
        (
            (number, one.start, *one.as_of(moment), grid.before(one.start) + 1, grid.before(one.end))
            for (start, end, later), number in spans.items()
            for one in [Window(0, start, end, later=later)]
        ),
    )
    fill(
        db,
        'timing(question INTEGER, "window" BIGINT, span INTEGER)',
        ((question, window.number, spans[_span(window)]) for question, window in begun),
    )
    fill(
        db,
        'asked(question INTEGER, "by" VARCHAR, owner INTEGER, grp BIGINT)',
        (
            (number, question.by.value, owner, group)
            for number, question in enumerate(questions)
            for owner, group in question.members.items()
        ),
    )
    fill(db, "place(starts BIGINT, cell INTEGER)", zip(*grid.table(), strict=True))
    db.execute('CREATE TABLE cover AS SELECT span, unnest(range(first, "last" + 1))::INTEGER AS cell FROM span')
    db.execute(f"CREATE TABLE leaf AS SELECT * FROM asked JOIN timing USING (question){_reached(db, touched)}")
    return grid


def _span(window: Window) -> tuple[int, int, bool]:
    return window.start, window.end, window.later


def _reached(db: duckdb.DuckDBPyConnection, touched: Iterable[Touched] | None) -> str:
    """The groups and windows of which at least one number was touched."""
    if touched is None:
        return ""
    agents = {("agent", one.agent, one.since, one.until) for one in touched if one.agent is not None}
    rows = agents | {("team", one.team, one.since, one.until) for one in touched if one.team is not None}
    fill(db, 'touched("by" VARCHAR, owner INTEGER, since BIGINT, until BIGINT)', rows)
    db.execute(
        """
        CREATE TABLE reached AS
        SELECT DISTINCT question, grp, span
        FROM (SELECT DISTINCT "by", owner, span FROM touched JOIN span ON since < as_of AND until >= opens)
        JOIN asked USING ("by", owner) JOIN timing USING (question, span)
        """
    )
    return " SEMI JOIN reached USING (question, grp, span)"


def fill(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Make a table of these columns and rows; words, integers and truths only."""
    name, _, columns = table.partition("(")
    types = [column.rpartition(" ")[2] for column in columns.rstrip(")").split(", ")]
    texts = [listed(column) for column in zip(*rows, strict=True)]
    db.execute(f"CREATE OR REPLACE TABLE {table}")
    if texts:
        each = ", ".join(f"unnest({UNLISTED.format('?', type_)})" for type_ in types)
        db.execute(f"INSERT INTO {name} SELECT {each}", texts)
