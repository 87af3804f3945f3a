"""What is asked, as tables: one row of `leaf` for every number, window and question that wants an answer.

span      the distinct stretches [opens, closes) of all windows as of when they are asked, each whole, and the parts
          [since, until) of them in which somebody belongs to a group; with the first and the last cell, and the number
          of the whole
cover     which cells make up a span
timing    the windows of a question and their spans, for each of its stints; 0 is to belong to a group always
asked     whose facts a question asks, for which of its groups, and in which stint
leaf      question, by, owner, span, window and grp
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import duckdb

from milepost.metrics.compiler import UNLISTED, listed
from milepost.metrics.question import Question, Window
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.stints import ALWAYS, FOREVER, Stint
from milepost.tickets.store import Touched


class Span(NamedTuple):
    """The part [since, until) of a window."""

    start: int
    end: int
    later: bool
    since: int
    until: int

    @classmethod
    def of(cls, window: Window) -> "Span":
        """The whole of it."""
        return cls(window.start, window.end, window.later, window.start, window.end)

    @property
    def whole(self) -> "Span":
        """The whole window."""
        return self._replace(since=self.start, until=self.end)

    def as_of(self, now: int) -> tuple[int, int]:
        """Where the window closes, and the moment as of which it is answered."""
        return Window(0, self.start, self.end, later=self.later).as_of(now)


class Timing(NamedTuple):
    """The span of a window of a question in a stint."""

    question: int
    window: int
    stint: int
    span: Span


def make(
    db: duckdb.DuckDBPyConnection, questions: Sequence[Question], *, now: datetime, touched: Iterable[Touched] | None
) -> Grid | None:
    """Make the tables, and the grid of all edges; None where no window has begun.

    With `touched` there are only those leaves that these may have changed.
    """
    moment = int(now.timestamp())
    stints = _numbered(questions)
    timings = [one for number, question in enumerate(questions) for one in _timings(number, question, stints, moment)]
    if not timings:
        return None
    spans = {
        span: number
        for number, span in enumerate(sorted({span for one in timings for span in (one.span, one.span.whole)}))
    }
    grid = Grid.of(edge for span in spans for edge in (span.start, span.end, span.since, span.until))
    fill(
        db,
        "span(span INTEGER, whole INTEGER, opens BIGINT, closes BIGINT, as_of BIGINT, since BIGINT, until BIGINT, "
        'first INTEGER, "last" INTEGER)',
        (
            (
                *(number, spans[one.whole], one.start, *one.as_of(moment), one.since, one.until),
                *(grid.before(one.since) + 1, grid.before(one.until)),
            )
            for one, number in spans.items()
        ),
    )
    fill(
        db,
        'timing(question INTEGER, "window" BIGINT, stint INTEGER, span INTEGER)',
        ((*one[:3], spans[one.span]) for one in timings),
    )
    fill(
        db,
        'asked(question INTEGER, "by" VARCHAR, owner INTEGER, grp BIGINT, stint INTEGER)',
        (
            (number, question.by.value, one.number, one.group, stints[one.since, one.until])
            for number, question in enumerate(questions)
            for one in _pooled(question)
        ),
    )
    fill(db, "place(starts BIGINT, cell INTEGER)", zip(*grid.table(), strict=True))
    db.execute('CREATE TABLE cover AS SELECT span, unnest(range(first, "last" + 1))::INTEGER AS cell FROM span')
    db.execute(
        f"""
        CREATE TABLE leaf AS SELECT question, "by", owner, span, "window", grp
        FROM asked JOIN timing USING (question, stint){_reached(db, touched)}
        """
    )
    return grid


def _pooled(question: Question) -> Iterator[Stint]:
    """All whose facts a question pools; members belong to their group always."""
    yield from (Stint(number, group) for number, group in question.members.items())
    yield from question.stints


def _numbered(questions: Iterable[Question]) -> dict[tuple[int, int], int]:
    """A number for every distinct stretch of time in which somebody belongs to a group."""
    stretches = {(one.since, one.until) for question in questions for one in question.stints}
    return {one: number for number, one in enumerate(dict.fromkeys([(ALWAYS, FOREVER), *sorted(stretches)]))}


def _timings(number: int, question: Question, stints: dict[tuple[int, int], int], moment: int) -> Iterator[Timing]:
    asked = {(one.since, one.until) for one in _pooled(question)}
    is_level = question.measure.metric.is_level
    for window in question.windows:
        for since, until in asked if window.start < moment else ():
            found = _at_end(window, since, until, moment) if is_level else _within(window, since, until, moment)
            if found is not None:
                yield Timing(number, window.number, stints[since, until], found)


def _within(window: Window, since: int, until: int, moment: int) -> Span | None:
    """The part of a window in which acts count; None where there is none."""
    first, last = max(window.start, since), min(window.end, until)
    return Span.of(window)._replace(since=first, until=last) if first < min(last, moment) else None


def _at_end(window: Window, since: int, until: int, moment: int) -> Span | None:
    """The whole window, for a state counts by the moment it is asked at."""
    return Span.of(window) if since < min(window.end, moment) <= until else None


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
        SELECT DISTINCT question, grp, "window"
        FROM (
            SELECT DISTINCT "by", owner, whole FROM touched
            JOIN span ON touched.since < as_of AND touched.until >= opens WHERE span = whole
        )
        JOIN asked USING ("by", owner) JOIN (timing JOIN span USING (span)) USING (question, stint, whole)
        """
    )
    return ' SEMI JOIN reached USING (question, grp, "window")'


def fill(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Make a table of these columns and rows; words, integers and truths only."""
    name, _, columns = table.partition("(")
    types = [column.rpartition(" ")[2] for column in columns.rstrip(")").split(", ")]
    texts = [listed(column) for column in zip(*rows, strict=True)]
    db.execute(f"CREATE OR REPLACE TABLE {table}")
    if texts:
        each = ", ".join(f"unnest({UNLISTED.format('?', type_)})" for type_ in types)
        db.execute(f"INSERT INTO {name} SELECT {each}", texts)
