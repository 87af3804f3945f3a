"""The answers to many questions by an engine other than DuckDB: one statement for each question."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from milepost.metrics import compiler
from milepost.metrics.amounts import amount
from milepost.metrics.engines.engine import Ask
from milepost.metrics.engines.reading import read
from milepost.metrics.metric import Hours
from milepost.metrics.question import Question
from milepost.metrics.rollup import Leaf, leaves
from milepost.tickets.store import Store, Touched
from milepost.tickets.store.reading import connection

# The windows and groups of a question that want an answer.
Places = Collection[tuple[int, int]]


def answers(
    store: Store,
    sources: Collection[str],
    questions: Mapping[int, Question],
    *,
    now: datetime,
    touched: Collection[Touched] | None,
) -> list[Leaf]:
    """As `rollup.answers`, over the facts of these sources; questions keep their numbers."""
    asked = _asked(questions, now, touched)

    def ask(engine: Ask) -> list[Leaf]:
        each = ((number, questions[number], places) for number, places in asked.items())
        return [leaf for number, question, places in each for leaf in _answered(engine, number, question, places, now)]

    business = any(questions[number].measure.hours is Hours.BUSINESS for number in asked)
    return read(store, ask, sources, business=business, now=now)


def _answered(ask: Ask, number: int, question: Question, places: Places, now: datetime) -> Iterator[Leaf]:
    statement = _statement(question, places, now)
    rows = [] if statement is None else ask(statement)
    found = {(row[0], row[1]): amount(question.measure.aggregate, row) for row in rows}
    for window, group in places:
        yield Leaf(number, window, group, found.get((window, group)))


def _asked(
    questions: Mapping[int, Question], now: datetime, touched: Collection[Touched] | None
) -> Mapping[int, Places]:
    """What of each question wants an answer: as for DuckDB, whose table of leaves needs no facts."""
    numbers, found = list(questions), defaultdict(list)
    with connection() as db:
        if leaves.make(db, list(questions.values()), now=now):
            leaves.reach(db, touched)
            rows = db.execute('SELECT DISTINCT question, "window", grp FROM leaf ORDER BY ALL').fetchall()
            for place, window, group in rows:
                found[numbers[place]].append((window, group))
    return found


def _statement(question: Question, places: Places, now: datetime) -> compiler.Statement | None:
    """The statement of a question, for no more windows and groups than those of the places."""
    windows, groups = {window for window, _ in places}, {group for _, group in places}
    narrowed = question.of(groups)
    return compiler.statement(
        narrowed.measure,
        [window for window in narrowed.windows if window.number in windows],
        by=narrowed.by,
        now=now,
        members=narrowed.members,
        conditions=narrowed.conditions,
        stints=narrowed.stints,
    )
