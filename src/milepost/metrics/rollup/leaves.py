"""What is asked, as tables: one row of `leaf` for every number, window and question that wants an answer.

span      the distinct stretches [opens, as_of) of all windows on each scale, with the first and the last cell of each
cover     which cells make up a span
timing    the windows of a question and their spans
asked     whose facts a question asks, and for which of its groups
leaf      question, by, owner, span, window and grp
place_0 … where the cells of the grid of a scale begin
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import duckdb

from milepost.metrics.compiler import UNLISTED, listed
from milepost.metrics.question import Question
from milepost.metrics.rollup.grid import Grid, scale
from milepost.tickets.store import Touched


def make(
    db: duckdb.DuckDBPyConnection, questions: Sequence[Question], *, now: datetime, touched: Iterable[Touched] | None
) -> Mapping[int, Grid]:
    """Make the tables, and the grid of all edges of each scale; none where no window has begun.

    With `touched` there are only those leaves that these may have changed.
    """
    moment = int(now.timestamp())
    begun = [
        (number, scale(question.windows), window)
        for number, question in enumerate(questions)
        if question.windows and question.members
        for window in question.windows
        if window.start < moment
    ]
    grids = {
        each: Grid.of(edge for _, of, window in begun if of == each for edge in (window.start, window.end))
        for each in sorted({of for _, of, _ in begun})
    }
    for of, grid in grids.items():
        fill(db, f"{place(of)}(starts BIGINT, cell INTEGER)", zip(*grid.table(), strict=True))
    spans = {span: number for number, span in enumerate(sorted({(of, one.start, one.end) for _, of, one in begun}))}
    fill(
        db,
        'span(span INTEGER, scale INTEGER, opens BIGINT, as_of BIGINT, first INTEGER, "last" INTEGER)',
        (
            (number, of, start, min(end, moment), grids[of].before(start) + 1, grids[of].before(end))
            for (of, start, end), number in spans.items()
        ),
    )
    fill(
        db,
        'timing(question INTEGER, "window" BIGINT, span INTEGER)',
        ((question, window.number, spans[of, window.start, window.end]) for question, of, window in begun),
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
    db.execute('CREATE TABLE cover AS SELECT span, unnest(range(first, "last" + 1))::INTEGER AS cell FROM span')
    db.execute("CREATE TABLE leaf AS SELECT * FROM asked JOIN timing USING (question)")
    if touched is not None:
        narrow(db, touched)
    return grids


def place(of: int) -> str:
    """The table of places of a scale."""
    return f"place_{of}"


def narrow(db: duckdb.DuckDBPyConnection, touched: Iterable[Touched]) -> None:
    """Leave only the groups and windows of which at least one number was touched."""
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
    db.execute("CREATE OR REPLACE TABLE leaf AS SELECT * FROM leaf SEMI JOIN reached USING (question, grp, span)")


def fill(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Make a table of these columns and rows; words, integers and truths only."""
    name, _, columns = table.partition("(")
    types = [column.rpartition(" ")[2] for column in columns.rstrip(")").split(", ")]
    texts = [listed(column) for column in zip(*rows, strict=True)]
    db.execute(f"CREATE OR REPLACE TABLE {table}")
    if texts:
        each = ", ".join(f"unnest({UNLISTED.format('?', type_)})" for type_ in types)
        db.execute(f"INSERT INTO {name} SELECT {each}", texts)
