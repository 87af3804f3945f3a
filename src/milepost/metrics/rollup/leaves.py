"""What is asked, as tables: one row of `leaf` for every number, window and question that wants an answer.

`make` makes them all but `leaf`; then one of `reach`, `choose` and `occupy` says which leaves there are.

span      the distinct stretches [opens, closes) of all windows on each scale, as of when they are asked, each whole,
          and the parts [since, until) of them in which somebody belongs to a group; with the first and the last cell,
          and the number of the whole
cover     which cells make up a span
timing    the windows of a question and their spans, for each of its stints; 0 is to belong to a group always
asked     whose facts a question asks, for which of its groups, and in which stint
every     all that could be asked: question, by, owner, stint, span, window and grp
leaf      the rows of it that are
place_0 … where the cells of the grid of a scale begin
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import duckdb

from milepost.metrics.compiler import UNLISTED, listed
from milepost.metrics.question import By, Question, Window
from milepost.metrics.rollup.grid import Grid, scale
from milepost.metrics.stints import ALWAYS, FOREVER
from milepost.tickets.store import Touched


class Span(NamedTuple):
    """The part [since, until) of a window, on the grid of a scale."""

    scale: int
    start: int
    end: int
    later: bool
    since: int
    until: int

    @classmethod
    def of(cls, window: Window, scale: int) -> "Span":
        """The whole of it."""
        return cls(scale, window.start, window.end, window.later, window.start, window.end)

    @property
    def whole(self) -> "Span":
        """The whole window."""
        return self._replace(since=self.start, until=self.end)

    @property
    def edges(self) -> tuple[int, ...]:
        """Where it needs a line."""
        return self.start, self.since, self.until, self.end

    def as_of(self, now: int) -> tuple[int, int]:
        """Where the window closes, and the moment as of which it is answered."""
        return Window(0, self.start, self.end, later=self.later).as_of(now)


class Timing(NamedTuple):
    """The span of a window of a question in a stint."""

    question: int
    window: int
    stint: int
    span: Span


def make(db: duckdb.DuckDBPyConnection, questions: Sequence[Question], *, now: datetime) -> Mapping[int, Grid]:
    """Make the tables, and the grid of all edges of each scale; none where no window has begun."""
    moment = int(now.timestamp())
    stints = _numbered(questions)
    timings = [
        one
        for number, question in enumerate(questions)
        if question.windows
        for one in _timings(number, question, stints, moment)
    ]
    spans = sorted({span for one in timings for span in (one.span, one.span.whole)})
    numbers = {span: number for number, span in enumerate(spans)}
    grids = {of: Grid.of(edge for span in alike for edge in span.edges) for of, alike in groupby(spans, _scale)}
    for of, grid in grids.items():
        fill(db, f"{place(of)}(starts BIGINT, cell INTEGER)", zip(*grid.table(), strict=True))
    fill(
        db,
        "span(span INTEGER, whole INTEGER, scale INTEGER, opens BIGINT, closes BIGINT, as_of BIGINT, "
        'since BIGINT, until BIGINT, first INTEGER, "last" INTEGER)',
        (
            (
                *(number, numbers[one.whole], one.scale, one.start, *one.as_of(moment), one.since, one.until),
                *(grids[one.scale].before(one.since) + 1, grids[one.scale].before(one.until)),
            )
            for one, number in numbers.items()
        ),
    )
    fill(
        db,
        'timing(question INTEGER, "window" BIGINT, stint INTEGER, span INTEGER)',
        ((*one[:3], numbers[one.span]) for one in timings),
    )
    fill(
        db,
        'asked(question INTEGER, "by" VARCHAR, owner INTEGER, grp BIGINT, stint INTEGER)',
        (
            (number, question.by.value, one.number, one.group, stints[one.since, one.until])
            for number, question in enumerate(questions)
            for one in question.pooled
        ),
    )
    db.execute(
        'CREATE OR REPLACE TABLE cover AS SELECT span, unnest(range(first, "last" + 1))::INTEGER AS cell FROM span'
    )
    db.execute(
        """
        CREATE OR REPLACE VIEW every AS SELECT question, "by", owner, stint, span, "window", grp
        FROM asked JOIN timing USING (question, stint)
        """
    )
    return grids


def place(of: int) -> str:
    """The table of places of a scale."""
    return f"place_{of}"


def _scale(span: Span) -> int:
    return span.scale


def _numbered(questions: Iterable[Question]) -> dict[tuple[int, int], int]:
    """A number for every distinct stretch of time in which somebody belongs to a group."""
    stretches = {(one.since, one.until) for question in questions for one in question.stints}
    return {one: number for number, one in enumerate(dict.fromkeys([(ALWAYS, FOREVER), *sorted(stretches)]))}


def _timings(number: int, question: Question, stints: dict[tuple[int, int], int], moment: int) -> Iterator[Timing]:
    of, asked = scale(question.windows), {(one.since, one.until) for one in question.pooled}
    part = _at_end if question.measure.metric.is_level else _within
    for window in question.windows:
        whole = Span.of(window, of)
        for since, until in asked if window.start < moment else ():
            found = part(whole, since, until, moment)
            if found is not None:
                yield Timing(number, window.number, stints[since, until], found)


def _within(whole: Span, since: int, until: int, moment: int) -> Span | None:
    """The part of a window in which acts count; None where there is none."""
    first, last = max(whole.start, since), min(whole.end, until)
    return whole._replace(since=first, until=last) if first < min(last, moment) else None


def _at_end(whole: Span, since: int, until: int, moment: int) -> Span | None:
    """The whole window, for a state counts by the moment it is asked at."""
    return whole if since < min(whole.end, moment) <= until else None


def reach(db: duckdb.DuckDBPyConnection, touched: Iterable[Touched] | None) -> None:
    """All leaves; with `touched` only the groups and windows of which at least one number was touched."""
    if touched is None:
        db.execute("CREATE OR REPLACE TABLE leaf AS FROM every")
        return
    agents = {("agent", one.agent, one.since, one.until) for one in touched if one.agent is not None}
    rows = agents | {("team", one.team, one.since, one.until) for one in touched if one.team is not None}
    fill(db, 'touched("by" VARCHAR, owner INTEGER, since BIGINT, until BIGINT)', rows)
    db.execute(
        """
        CREATE TABLE reached AS
        SELECT DISTINCT question, grp, "window"
        FROM (
            SELECT DISTINCT "by", owner, whole FROM touched
            JOIN span ON touched.since < as_of AND touched.until >= opens WHERE span = whole
        )
        JOIN asked USING ("by", owner) JOIN (timing JOIN span USING (span)) USING (question, stint, whole)
        """
    )
    columns = 'question, grp, "window"'
    db.execute(f"CREATE OR REPLACE TABLE leaf AS FROM every SEMI JOIN reached USING ({columns})")


def choose(db: duckdb.DuckDBPyConnection, places: Iterable[Sequence[int]]) -> None:
    """Only these groups and windows of questions."""
    columns = 'question, "window", grp'
    fill(db, 'chosen(question INTEGER, "window" BIGINT, grp BIGINT)', places)
    db.execute(f"CREATE OR REPLACE TABLE leaf AS FROM every SEMI JOIN chosen USING ({columns})")


def occupy(db: duckdb.DuckDBPyConnection, grids: Mapping[int, Grid], groups: Iterable[By]) -> None:
    """Only the groups and windows, or parts of them, in which one of `facts` happened."""
    occupied = " UNION ".join(
        f"""
        SELECT '{by.value}' AS "by", {by.value} AS owner, cover.span
        FROM (SELECT DISTINCT {by.value}, cell FROM facts {grid.joined(place(of), "happened_at")})
        JOIN cover USING (cell) JOIN span USING (span) WHERE scale = {of}
        """
        for of, grid in grids.items()
        for by in groups
    )
    columns = '"by", owner, span'
    db.execute(f"CREATE OR REPLACE TABLE leaf AS FROM every SEMI JOIN ({occupied}) USING ({columns})")


def fill(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Make a table of these columns and rows; words, integers and truths only."""
    name, _, columns = table.partition("(")
    types = [column.rpartition(" ")[2] for column in columns.rstrip(")").split(", ")]
    texts = [listed(column) for column in zip(*rows, strict=True)]
    db.execute(f"CREATE OR REPLACE TABLE {table}")
    if texts:
        each = ", ".join(f"unnest({UNLISTED.format('?', type_)})" for type_ in types)
        db.execute(f"INSERT INTO {name} SELECT {each}", texts)
