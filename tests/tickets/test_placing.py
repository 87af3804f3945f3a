"""Changed tickets wait in a delta, and nobody who reads the store can tell."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.tickets.events import Removal, ReplayRules
from milepost.tickets.store import Staged, Store, placing, rebuild, update
from milepost.tickets.store.staging import rows_into, staged_row, told
from tests.metrics.changing import START, Changing, treat_as_large
from tests.tickets import killed

ROUNDS = 8
AT_ONCE = 4
AGENTS = st.sampled_from([None, -1, 1, 2])
COUNTS = st.lists(st.integers(1, 40_000), max_size=6).map(lambda counts: dict(zip("abcdef", counts, strict=False)))


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    treat_as_large(monkeypatch)


def held(store: Store) -> list[list[tuple[object, ...]]]:
    """All that readers see."""
    queries = ("FROM facts ORDER BY ALL", "FROM tickets ORDER BY ALL", "FROM names ORDER BY ALL")
    return [store.read(lambda db, query=query: db.execute(query).fetchall()) for query in queries]  # type: ignore[misc]


def keys(store: Store) -> list[str]:
    return sorted(key for month in store.keys("desk") for key in month)


def over_months(changing: Changing) -> Iterable[object]:
    """A desk that changes for half a year."""
    for place in range(ROUNDS):
        yield changing.change(START + timedelta(days=15 * (place + 1)))


def test_a_store_with_a_delta_is_read_as_one_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same changes, in every round of them: once with small thresholds, once with those of a large desk."""
    plain = Changing(Store(tmp_path / "plain"), tmp_path / "plain.csv", "delta")
    waits = Changing(Store(tmp_path / "waits"), tmp_path / "waits.csv", "delta")
    seen = 0
    expected = [(written, held(plain.store), keys(plain.store)) for written in over_months(plain)]
    treat_as_large(monkeypatch)
    for written, (other, facts, known) in zip(over_months(waits), expected, strict=True):
        assert written == other
        assert held(waits.store) == facts
        assert keys(waits.store) == known
        seen += bool(waits.store.manifest().deltas())
    assert seen > 2
    assert plain.store.manifest().deltas() == []


@pytest.mark.usefixtures("waiting")
def test_a_delta_holds_no_more_than_it_may(tmp_path: Path) -> None:
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "most")
    for _ in over_months(changing):
        counts = [store_count(changing.store, delta.tickets) for delta in changing.store.manifest().deltas()]
        assert sum(counts) <= placing.MOST


@given(rows=st.lists(st.tuples(st.sampled_from(["created", "reply"]), AGENTS, st.integers(0, 99)), max_size=80))
def test_facts_put_in_order_part_by_part_are_in_the_order_of_all(
    rows: list[tuple[str, int | None, int]],
) -> None:
    """Several agents in a part, one agent in several, and nobody before all of them."""
    order = f"ORDER BY {placing.ORDER['facts'].partition(', ticket')[0]}"
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as db:
        patch.setattr(placing, "FACTS_AT_ONCE", AT_ONCE)
        db.execute("CREATE TABLE arriving(kind VARCHAR, agent INTEGER, happened_at BIGINT)")
        if rows:
            db.executemany("INSERT INTO arriving VALUES (?, ?, ?)", rows)
        parts = [
            db.execute(f"FROM arriving WHERE {part} {order}").fetchall()
            for part in placing.parts_of_facts(db, "FROM arriving")
        ]
        assert [fact for part in parts for fact in part] == db.execute(f"FROM arriving {order}").fetchall()
    alike = max(Counter(rows).values(), default=0)
    assert all(len(part) < 2 * AT_ONCE + alike for part in parts)


def store_count(store: Store, file: str) -> int:
    query = f"SELECT count(*) FROM '{store.folder / file}'"
    ((count,),) = store.read(lambda db: db.execute(query).fetchall())
    return int(count)


@pytest.mark.usefixtures("waiting")
def test_rebuilding_puts_what_waits_into_its_months_and_changes_no_fact(tmp_path: Path) -> None:
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "rebuilt")
    for _ in over_months(changing):
        pass
    store = changing.store
    before = held(store)
    assert store.manifest().deltas()
    assert rebuild(store).months
    assert (held(store), store.manifest().deltas()) == (before, [])


@pytest.mark.usefixtures("waiting")
def test_the_same_again_changes_no_byte_where_tickets_wait(tmp_path: Path) -> None:
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "again")
    for _ in over_months(changing):
        pass
    store, now = changing.store, START + timedelta(days=300)
    before = (store.folder / "manifest.json").read_bytes()
    written = update(store, Staged("desk", changing.file, ReplayRules()), now=int(now.timestamp()))
    assert (written.updated, (store.folder / "manifest.json").read_bytes()) == (0, before)


@pytest.mark.usefixtures("waiting")
def test_a_ticket_that_waits_can_be_deleted_and_is_asked_for_no_more(tmp_path: Path) -> None:
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "deleted")
    for _ in over_months(changing):
        pass
    store = changing.store
    (delta, *_) = store.manifest().deltas()
    query = f"SELECT key, created_at FROM '{store.folder / delta.tickets}' WHERE removal IS NULL ORDER BY key"
    ((key, created), *_) = store.read(lambda db: db.execute(query).fetchall())
    now = int((START + timedelta(days=300)).timestamp())
    with rows_into(changing.file) as writer:
        writer.writerow(told(staged_row(0, str(key), int(str(created)), now, removal=Removal.DELETED.value)))
    assert update(store, Staged("desk", changing.file, ReplayRules()), now=now + 1).updated == 1
    assert key not in keys(store)
    counting = f"SELECT count(*) FROM facts JOIN tickets USING (ticket) WHERE key = '{key}' AND counts_until IS NULL"
    assert store.read(lambda db: db.execute(counting).fetchall()) == [(0,)]


@given(waiting=COUNTS, held=COUNTS)
def test_no_more_waits_than_may_and_a_month_that_is_new_or_small_never(
    waiting: dict[str, int], held: dict[str, int]
) -> None:
    left = waiting.keys() - placing.to_write(waiting, held)
    assert sum(waiting[month] for month in left) <= placing.MOST
    assert all(held[month] > placing.SMALL for month in left)
    assert all(waiting[month] < held[month] * placing.SHARE for month in left)


@given(waiting=COUNTS, held=COUNTS)
def test_a_month_is_written_only_when_it_is_due_or_too_much_waits(
    waiting: dict[str, int], held: dict[str, int]
) -> None:
    written = placing.to_write(waiting, held)
    due = {month for month in waiting if placing.to_write({month: waiting[month]}, held)}
    rest = sum(waiting[month] for month in waiting.keys() - due)
    assert due <= written
    assert written == due or rest > placing.MOST


@pytest.mark.usefixtures("waiting")
def test_a_writer_killed_at_any_step_leaves_the_store_before_or_after(tmp_path: Path) -> None:
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "killed")
    undisturbed = Changing(Store(tmp_path / "undisturbed"), tmp_path / "undisturbed.csv", "killed")
    steps = zip(over_months(changing), over_months(undisturbed), strict=True)
    for _ in range(ROUNDS // 2):
        next(steps)
    store, now = changing.store, int((START + timedelta(days=300)).timestamp())
    before = held(store)
    undisturbed.change(START + timedelta(days=300))
    after = held(undisturbed.store)
    assert before != after
    thresholds = (placing.SMALL, placing.SHARE, placing.MOST)
    kills = 0
    for point in range(1, 40):
        dead = killed.write(
            store, undisturbed.file, point=point, now=now, response=ReplayRules().response, thresholds=thresholds
        )
        assert held(store) in (before, after)
        kills += dead
        if not dead:
            break
    assert kills > 5
    assert held(store) == after
