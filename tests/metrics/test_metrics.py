"""What is declared of the metrics holds: parts sum where it says so, and what has no meaning is refused."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from milepost.base.errors import Refused
from milepost.metrics import engine
from milepost.metrics.catalog import CATEGORIES, METRICS, filters, metrics, tellers
from milepost.metrics.metric import Aggregate, Direction, Empty, Hours
from milepost.metrics.presets import PRESETS, preset
from milepost.metrics.question import Amount, By, Measure, Window
from milepost.tickets.columns import Category, FieldType
from milepost.tickets.events import Event, EventKind, ReplayRules, Response, Tells
from milepost.tickets.store import Staged, Store, update
from milepost.tickets.store.staging import rows_into, staged_row, told
from tests.metrics.histories import OWN, SPAN, history

NOW = datetime.fromtimestamp(2 * SPAN, UTC)
WHOLE = [Window(0, 0, 2 * SPAN)]
HALVES = [Window(1, 0, SPAN // 2), Window(2, SPAN // 2, 2 * SPAN)]
TABLE, LOG = ReplayRules(history=False), ReplayRules(response=Response.LEAVES_NEW)
HOUR = 3600


def tell(store: Store, source: str, rows: list[list[object]], rules: ReplayRules) -> None:
    store.folder.parent.mkdir(exist_ok=True)
    file = store.folder.parent / "staged.csv"
    with rows_into(file) as writer:
        for row in rows:
            writer.writerow(told(row))
    update(store, Staged(source, file, rules), now=2 * SPAN)


def row(line: int, ticket: int, created: int, event: Event) -> list[object]:
    """An event with agents 1 to 3 and teams by name."""
    named = {name: getattr(event, name) for name in ("agent", "actor", "team", "priority")}
    texts = {name: None if number is None else str(number % OWN or "") for name, number in named.items()}
    others = {name: getattr(event, name) for name in ("status", "message", "actor_kind", "removal", "score")}
    return staged_row(line, str(ticket), created, event.at, **texts, **others)


def desk(store: Store, *, removals: bool) -> Store:
    """A hundred random tickets of three agents and three groups, through the whole store."""
    random = Random("a desk")  # noqa: S311 - the same one each time
    rows: list[list[object]] = []
    for ticket in range(1, 101):
        created, *updates = history(random, ticket).events
        first = Event(at=created.at, kind=EventKind.UPDATE, agent=created.agent, team=created.team)
        for event in (first, *updates):
            if removals or (event.removal is None and event.status is not Category.DELETED):
                rows.append(row(len(rows), ticket, created.at, event))
    tell(store, "desk", rows, ReplayRules())
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Tickets that are also merged, deleted and restored."""
    return desk(Store(tmp_path_factory.mktemp("desk") / "facts"), removals=True)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Tickets that stay."""
    return desk(Store(tmp_path_factory.mktemp("calm") / "facts"), removals=False)


def ask(store: Store, metric: str, windows: list[Window], by: By = By.ALL) -> list[Amount]:
    declared = METRICS[metric]
    measure = Measure.of(declared, within=HOUR if declared.bounded else None)
    return engine.measure(store, measure, windows, by=by, now=NOW)


@pytest.mark.parametrize("metric", [metric.key for metric in metrics() if metric.adds_up_over_people])
def test_parts_sum_to_the_whole_over_people_groups_and_pipelines(store: Store, metric: str) -> None:
    (whole,) = ask(store, metric, WHOLE) or [Amount(0, None, 0, 1, 0)]
    for by in (By.AGENT, By.TEAM, By.PIPELINE):
        assert sum(part.numerator or 0 for part in ask(store, metric, WHOLE, by)) == whole.numerator


@pytest.mark.parametrize("metric", [metric.key for metric in metrics() if metric.adds_up_over_time])
def test_parts_sum_to_the_whole_over_time_where_no_ticket_is_taken_out(calm: Store, metric: str) -> None:
    (whole,) = ask(calm, metric, WHOLE)
    assert sum(part.numerator or 0 for part in ask(calm, metric, HALVES)) == whole.numerator


def test_tickets_closed_do_not_add_up_over_time(calm: Store) -> None:
    (whole,) = ask(calm, "tickets_closed", WHOLE)
    assert sum(part.numerator or 0 for part in ask(calm, "tickets_closed", HALVES)) > (whole.numerator or 0)


@pytest.mark.parametrize("metric", ["first_response", "full_resolution", "net_resolution", "csat", "csat_score"])
def test_a_pooled_average_lies_between_those_of_its_parts(store: Store, metric: str) -> None:
    (whole,) = ask(store, metric, WHOLE)
    parts = [part.value for part in ask(store, metric, WHOLE, By.AGENT) if part.value is not None]
    assert whole.value is not None
    assert min(parts) <= whole.value <= max(parts)


def test_a_reopen_window_counts_a_resolution_only_if_it_stands_as_long(store: Store, tmp_path: Path) -> None:
    """Resolved in the first hour, reopened in the third: closed as of the first hour, not when it must stand a day."""
    store = Store(tmp_path / "facts")
    statuses = [(0, "open"), (1, "resolved"), (3, "open")]
    tell(store, "desk", [staged_row(i, "T", 0, at * HOUR, status=one) for i, (at, one) in enumerate(statuses)], LOG)
    closed = METRICS["tickets_closed"]
    windows = [Window(0, 0, 2 * HOUR)]
    for days, count in ((0, 1), (1, 0)):
        measure = Measure(closed, Aggregate.COUNT, days=days)
        amounts = engine.measure(store, measure, windows, by=By.ALL, now=NOW)
        assert sum(amount.numerator or 0 for amount in amounts) == count


def test_a_table_without_history_is_left_out_of_what_it_cannot_tell(tmp_path: Path) -> None:
    store = Store(tmp_path / "facts")
    tell(store, "table", [staged_row(0, "T", 0, 9, status="resolved")], TABLE)
    with pytest.raises(Refused, match="No source tells"):
        ask(store, "reopens", WHOLE)
    statuses = ["open", "resolved", "open", "resolved"]
    tell(store, "log", [staged_row(i, "T", 0, i, status=one) for i, one in enumerate(statuses)], LOG)
    assert [amount.numerator for amount in ask(store, "reopens", WHOLE)] == [1]
    assert [amount.numerator for amount in ask(store, "tickets_closed", WHOLE)] == [2]
    assert tellers(METRICS["reopens"], store.manifest().tells()) == ["log"]


def test_backlog_is_who_holds_it_at_the_end_and_its_age(tmp_path: Path) -> None:
    store = Store(tmp_path / "facts")
    rows = [(0, "Celina"), (HOUR, "Dawid")]
    tell(store, "desk", [staged_row(i, "T", 0, at, status="open", agent=who) for i, (at, who) in enumerate(rows)], LOG)
    names = store.numbers("agent")
    windows = [Window(0, 0, HOUR), Window(1, HOUR, 2 * HOUR)]
    backlog = [(amount.window, names[amount.group or 0]) for amount in ask(store, "backlog", windows, By.AGENT)]
    assert backlog == [(0, "Celina"), (1, "Dawid")]
    assert [amount.value for amount in ask(store, "oldest_open", windows)] == [HOUR, 2 * HOUR]


def test_every_metric_and_its_statistics_have_a_name_on_the_command_line() -> None:
    assert set(METRICS) <= set(PRESETS)
    bounded = {key for key, metric in METRICS.items() if metric.bounded}
    for name, (key, aggregate) in PRESETS.items():
        measure = preset(name, Hours.CALENDAR, within=HOUR if key in bounded else None)
        assert (measure.metric.key, measure.aggregate) == (key, aggregate)


def test_a_measure_is_kept_with_its_bound_and_days() -> None:
    for measure in (
        Measure.of(METRICS["first_response_within"], within=HOUR),
        Measure.of(METRICS["reopen_rate"]),
        Measure(METRICS["tickets_closed"], Aggregate.COUNT, days=3),
    ):
        assert Measure.from_json(measure.to_json()) == measure


def test_a_measure_that_an_earlier_version_kept_is_read() -> None:
    kept = {"version": 1, "metric": "tickets_closed", "aggregate": "count", "hours": "calendar"}
    assert Measure.from_json(kept) == Measure(METRICS["tickets_closed"], Aggregate.COUNT)


@pytest.mark.parametrize(
    ("metric", "aggregate", "within", "days", "sentence"),
    [
        ("tickets_closed", Aggregate.AVERAGE, None, 0, "cannot be taken as average"),
        ("one_touch", Aggregate.MEDIAN, None, 0, "cannot be taken as median"),
        ("first_response_within", Aggregate.SHARE, None, 0, "needs a bound"),
        ("first_response_within", Aggregate.SHARE, 0, 0, "needs a bound"),
        ("tickets_closed", Aggregate.COUNT, HOUR, 0, "no bound"),
        ("reopens", Aggregate.COUNT, None, 7, "no days"),
        ("tickets_closed", Aggregate.COUNT, None, -1, "negative"),
    ],
)
def test_what_has_no_meaning_is_refused(
    metric: str, aggregate: Aggregate, within: int | None, days: int, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        Measure(METRICS[metric], aggregate, within=within, days=days)


def test_a_declaration_tells_what_pages_need() -> None:
    closed, response, backlog = (METRICS[key] for key in ("tickets_closed", "first_response", "backlog"))
    assert (closed.early, response.early, backlog.early) == (True, False, False)
    assert (closed.empty, response.empty, backlog.empty) == (Empty.ZERO, Empty.NO_DATA, Empty.ZERO)
    steps = [metric.precision for metric in (closed, response, METRICS["csat"])]
    assert steps == [Fraction(1), Fraction(60), Fraction(1, 1000)]
    assert response.aggregates[0] is Aggregate.AVERAGE
    assert closed.aggregates == (Aggregate.COUNT,)
    assert METRICS["one_touch"].needs == {Tells.STATUS, Tells.HISTORY, Tells.MESSAGES}


def test_every_metric_is_in_one_category_with_a_name_of_its_own() -> None:
    listed = [metric for several in CATEGORIES.values() for metric in several]
    assert sorted(metric.key for metric in listed) == sorted(METRICS)
    assert len({metric.name for metric in listed}) == len(listed)
    assert all(metric.direction in Direction for metric in listed)


def test_filters_are_the_columns_of_every_source_and_the_fields_of_these() -> None:
    found = filters({"effort": FieldType.NUMBER, "category": FieldType.TEXT})
    assert [one.column for one in found][-2:] == ["field_category", "field_effort"]
    assert {one.column for one in found} >= {"pipeline", "team", "agent", "priority", "channel"}
