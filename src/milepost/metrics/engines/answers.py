"""The answers to many questions by an engine other than DuckDB: one statement for each question."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from milepost.metrics import compiler
from milepost.metrics.amounts import amount
from milepost.metrics.engines.engine import Ask
from milepost.metrics.engines.reading import read
from milepost.metrics.metric import Hours
from milepost.metrics.question import By, Question
from milepost.metrics.rollup import Leaf
from milepost.tickets.store import Store, Touched

# Since when until when the facts of a number were touched.
Spans = Mapping[tuple[By, int], Sequence[tuple[int, int]]]


def answers(
    store: Store,
    sources: Collection[str],
    questions: Mapping[int, Question],
    *,
    now: datetime,
    touched: Collection[Touched] | None,
) -> list[Leaf]:
    """As `rollup.answers`, over the facts of these sources; questions keep their numbers."""
    spans = None if touched is None else _spans(touched)

    def asked(ask: Ask) -> list[Leaf]:
        return [leaf for number, one in questions.items() for leaf in _answered(ask, number, one, now, spans)]

    business = any(question.measure.hours is Hours.BUSINESS for question in questions.values())
    return read(store, asked, sources, business=business, now=now)


def _answered(ask: Ask, number: int, question: Question, now: datetime, spans: Spans | None) -> Iterator[Leaf]:
    leaves = _leaves(question, int(now.timestamp()), spans)
    windows, groups = {window for window, _ in leaves}, {group for _, group in leaves}
    narrowed = replace(
        question,
        windows=tuple(window for window in question.windows if window.number in windows),
        members={owner: group for owner, group in question.members.items() if group in groups},
    )
    statement = compiler.statement(
        narrowed.measure,
        narrowed.windows,
        by=narrowed.by,
        now=now,
        members=narrowed.members,
        conditions=narrowed.conditions,
    )
    rows = [] if statement is None else ask(statement)
    found = {(row[0], row[1]): amount(question.measure.aggregate, row) for row in rows}
    for window, group in leaves:
        yield Leaf(number, window, group, found.get((window, group)))


def _leaves(question: Question, moment: int, spans: Spans | None) -> list[tuple[int, int]]:
    """The windows and groups that want an answer: all that have begun, or those of which anything was touched."""
    begun = [window for window in question.windows if window.start < moment]
    if spans is None:
        return [(window.number, group) for window in begun for group in sorted(set(question.members.values()))]
    reached = {
        (window.number, group)
        for owner, group in question.members.items()
        for window in begun
        if any(
            since < min(window.end, moment) and until >= window.start
            for since, until in spans.get((question.by, owner), ())
        )
    }
    return sorted(reached)


def _spans(touched: Collection[Touched]) -> Spans:
    found: dict[tuple[By, int], set[tuple[int, int]]] = defaultdict(set)
    for one in touched:
        for by, owner in ((By.AGENT, one.agent), (By.TEAM, one.team)):
            if owner is not None:
                found[by, owner].add((one.since, one.until))
    return {key: sorted(spans) for key, spans in found.items()}
