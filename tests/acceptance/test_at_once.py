"""On the recorded log, goals of all metrics answered at once say what one statement for each says."""

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from milepost.metrics import engine
from milepost.metrics.catalog import METRICS
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.tickets.store import Store

NOW: Final = datetime(2016, 7, 15, 9, 30, tzinfo=UTC)
EDGES: Final = [int(datetime(2016, month, 1, tzinfo=UTC).timestamp()) for month in range(3, 10)]
WEEKS: Final = [int(datetime.fromordinal(date(2016, 4, 4).toordinal() + 7 * week).timestamp()) for week in range(9)]
WITHIN: Final = 86_400
Key = tuple[int, int, int]


def questions(store: Store) -> list[Question]:
    """Every metric under every aggregate, of the agents and the groups, with and without a condition."""
    asked: list[Question] = []
    priorities = sorted(store.numbers("priority"))[:2]
    for metric in METRICS.values():
        for aggregate in metric.aggregates:
            measure = Measure(metric, aggregate, within=WITHIN if metric.bounded else None, days=metric.days)
            if not engine.told(store, measure):
                continue
            for place, by in enumerate((By.AGENT, By.TEAM)):
                edges = WEEKS if len(asked) % 3 == 0 else EDGES
                windows = tuple(Window(number, *edge) for number, edge in enumerate(pairwise(edges)))
                numbers = list(store.numbers(by.value))[place :: 1 + len(asked) % 3]
                conditions = (Condition("priority", frozenset(priorities)),) if len(asked) % 4 == 1 else ()
                asked.append(Question(measure, by, windows, {one: one // 2 for one in numbers}, conditions))
    return asked


def test_goals_of_all_metrics_at_once_are_as_each_alone(installation: Path) -> None:
    store = Store(installation / "facts")
    asked = questions(store)
    found: dict[Key, Amount] = {
        (leaf.question, leaf.window, leaf.group): leaf.amount
        for leaf in engine.answers(store, asked, now=NOW)
        if leaf.amount is not None
    }
    right: dict[Key, Amount] = {}
    for number, one in enumerate(asked):
        alone = engine.measure(
            store, one.measure, one.windows, by=one.by, now=NOW, members=one.members, conditions=one.conditions
        )
        right |= {(number, amount.window, amount.group): amount for amount in alone if amount.group is not None}
    assert len(asked) > 100
    assert len(right) > 20_000
    assert [key for key in right.keys() | found.keys() if right.get(key) != found.get(key)] == []
