"""Readings become files; the same again changes nothing; a killed writer leaves the store as it was."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from milepost.base.errors import Misconfigured, Refused
from milepost.calendars.working_hours import Calendar, Calendars, Schedule
from milepost.tickets.clock import WorkingTime
from milepost.tickets.columns import FieldType
from milepost.tickets.events import ReplayRules, Response, Tells
from milepost.tickets.store import Staged, Store, forget, groups_of, rebuild, told_events, update, upgrade
from milepost.tickets.store import writing as store_writing
from milepost.tickets.store.lock import writing
from milepost.tickets.store.staging import rows_into, staged_row, told
from tests.calendars.schedules import hours, nine_to_five
from tests.tickets import killed

LOG = ReplayRules(response=Response.LEAVES_NEW)
TABLE = ReplayRules(history=False)
FEBRUARY = 1_770_000_000
APRIL = FEBRUARY + 65 * 86_400
NOW = FEBRUARY + 200 * 86_400
MINUTE = 60


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "facts")


def staged(
    store: Store, rows: Iterable[tuple[object, ...]], *, rules: ReplayRules = LOG, whole: bool = False, **more: object
) -> Staged:
    """Rows of ticket, created, time, status, agent and further staged columns."""
    file = store.folder.parent / "staged.csv"
    with rows_into(file) as writer:
        for number, (key, created, at, status, agent, *others) in enumerate(rows):
            moments = int(str(created)), int(str(at))
            writer.writerow(told([*staged_row(number, str(key), *moments, status=status, agent=agent), *others]))
    return Staged("desk", file, rules, whole=whole, **more)  # type: ignore[arg-type]


def log(store: Store, rows: Iterable[tuple[object, ...]], **more: object) -> tuple[int, int, int]:
    written = update(store, staged(store, rows, **more), now=NOW)  # type: ignore[arg-type]
    return written.new, written.updated, written.unchanged


def ask(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store.read(lambda db: db.execute(sql).fetchall())


def files(store: Store) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in store.folder.glob("*.parquet")}


RESOLVED_BY_CELINA = [
    ("T-1", FEBRUARY, FEBRUARY + MINUTE, "new", "celina"),
    ("T-1", FEBRUARY, FEBRUARY + 10 * MINUTE, "resolved", "celina"),
    ("T-2", APRIL, APRIL + MINUTE, "open", "dawid"),
]


def test_a_reading_becomes_facts_in_one_file_per_month_of_creation(store: Store) -> None:
    assert log(store, RESOLVED_BY_CELINA) == (2, 0, 0)
    assert sorted(store.manifest().sources["desk"].months) == ["2026-02", "2026-04"]
    assert ask(
        store,
        "SELECT ticket, calendar_seconds, text FROM facts JOIN names ON agent = number AND names.kind = 'agent' "
        "WHERE facts.kind = 'resolution'",
    ) == [(1, 600, "celina")]


def test_the_same_again_changes_no_byte(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    before = files(store), (store.folder / "manifest.json").read_bytes()
    assert log(store, RESOLVED_BY_CELINA) == (0, 0, 2)
    assert (files(store), (store.folder / "manifest.json").read_bytes()) == before


def test_a_longer_reading_changes_only_the_months_of_the_tickets_it_touches(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    february = store.manifest().sources["desk"].months["2026-02"]
    longer = [*RESOLVED_BY_CELINA, ("T-2", APRIL, APRIL + 5 * MINUTE, "resolved", "dawid")]
    assert log(store, longer) == (0, 1, 1)
    assert store.manifest().sources["desk"].months["2026-02"] == february
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'resolution'") == [(2,)]


def test_a_reading_that_goes_on_where_the_last_one_ended_adds_its_events_behind(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    log(store, [("T-1", FEBRUARY, FEBRUARY + 20 * MINUTE, "open", "dawid")])
    assert ask(store, "SELECT ended_at FROM facts WHERE kind = 'resolution'") == [(FEBRUARY + 20 * MINUTE,)]
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'created'") == [(2,)]


def test_two_equal_rows_of_one_file_stay_two_events(store: Store) -> None:
    twice = [
        ("T-1", FEBRUARY, FEBRUARY + MINUTE, "resolved", "celina"),
        ("T-1", FEBRUARY, FEBRUARY + MINUTE, "open", "celina"),
        ("T-1", FEBRUARY, FEBRUARY + MINUTE, "resolved", "celina"),
        ("T-1", FEBRUARY, FEBRUARY + MINUTE, "open", "celina"),
    ]
    log(store, twice)
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'reopen'") == [(2,)]
    assert log(store, twice) == (0, 0, 1)


def test_a_ticket_table_that_changes_its_mind_takes_back_what_it_told(store: Store) -> None:
    table = {"rules": TABLE, "whole": True}
    row = ("T-1", FEBRUARY, FEBRUARY, None, "celina")
    log(store, [row, ("T-1", FEBRUARY, FEBRUARY + 10 * MINUTE, "resolved", None)], **table)
    log(store, [row, ("T-1", FEBRUARY, FEBRUARY + 30 * MINUTE, "resolved", None)], **table)
    assert ask(store, "SELECT calendar_seconds, nth FROM facts WHERE kind = 'resolution'") == [(1800, None)]


def test_a_resolution_that_vanishes_from_a_ticket_table_is_a_reopen_seen_by_the_import(store: Store) -> None:
    table = {"rules": TABLE, "whole": True}
    row = ("T-1", FEBRUARY, FEBRUARY, None, "celina")
    log(store, [row, ("T-1", FEBRUARY, FEBRUARY + 10 * MINUTE, "resolved", None)], **table)
    assert log(store, [row], **table) == (0, 1, 0)
    assert ask(store, "SELECT ended_at FROM facts WHERE kind = 'resolution'") == [(NOW,)]
    assert log(store, [row], **table) == (0, 0, 1)


def test_a_resolution_that_vanishes_from_a_whole_history_was_none_and_nobody_reopened_it(store: Store) -> None:
    """As after another mapping of statuses: the history is told whole, and a reopen would be in it."""
    log(store, RESOLVED_BY_CELINA, whole=True)
    resolved = "SELECT count(*) FROM facts WHERE kind = 'resolution'"
    assert ask(store, resolved) == [(1,)]
    log(store, [(*row[:3], "open", row[4]) for row in RESOLVED_BY_CELINA], whole=True)
    assert ask(store, resolved) == [(0,)]
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'reopen'") == [(0,)]


def test_names_keep_their_numbers_when_others_come(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    before = store.numbers("agent")
    log(store, [("T-3", APRIL, APRIL, "open", "anna")])
    assert before.items() <= store.numbers("agent").items()


def test_a_field_that_comes_later_is_not_told_in_the_months_before(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    more = ("T-9", APRIL, APRIL, "open", "anna", 7.5)
    log(store, [more], fields={"effort": FieldType.NUMBER})
    assert ask(store, "SELECT field_effort FROM facts WHERE kind = 'created' ORDER BY ticket") == [
        (None,),
        (None,),
        (7.5,),
    ]


def test_rebuilding_gives_the_facts_that_are_stored(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    log(store, [("T-1", FEBRUARY, FEBRUARY + 20 * MINUTE, "open", "dawid")])
    before = files(store)
    assert rebuild(store).months == ()
    assert store.manifest().facts()
    assert set(store.manifest().files()) <= before.keys()


def test_a_source_that_is_forgotten_leaves_nothing_and_the_others_keep_their_names(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    other = replace(staged(store, [("Z-1", APRIL, APRIL + MINUTE, "open", "ewa")]), source="other")
    update(store, other, now=NOW)
    names = ask(store, "SELECT number, text FROM names WHERE source = 'other' ORDER BY number")
    forget(store, ["desk"])
    assert store.manifest().sources.keys() == {"other"}
    assert ask(store, "SELECT number, text FROM names ORDER BY number") == names
    assert ask(store, "SELECT count(*) FROM tickets") == [(1,)]
    assert not [name for name in files(store) if name.startswith("desk-")]
    generation = store.manifest().generation
    forget(store, ["desk"])
    assert store.manifest().generation == generation
    forget(store, ["other"])
    assert (files(store), ask(store, "SELECT * FROM facts")) == ({}, [])


def test_tickets_that_come_after_a_source_was_forgotten_have_new_numbers(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    before = ask(store, "SELECT max(ticket) FROM tickets")
    forget(store, ["desk"])
    log(store, RESOLVED_BY_CELINA)
    assert ask(store, "SELECT min(ticket) FROM tickets") > before


def test_a_source_is_not_forgotten_while_somebody_writes(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    before = files(store)
    with writing(store.folder), pytest.raises(Refused, match="Start again when it is done"):
        forget(store, ["desk"])
    assert files(store) == before


def test_a_source_is_not_read_under_two_rules(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    with pytest.raises(Refused, match="another kind of mapping"):
        log(store, RESOLVED_BY_CELINA, rules=TABLE, whole=True)


def test_a_second_writer_is_refused_and_told_when_to_come_back(store: Store) -> None:
    with writing(store.folder), pytest.raises(Refused, match="Start again when it is done"):
        log(store, RESOLVED_BY_CELINA)


def test_facts_of_a_newer_version_are_not_touched(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    file = store.folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"schema": 999}), encoding="utf-8")
    with pytest.raises(Misconfigured):
        store.manifest()


def test_a_reader_that_began_before_a_write_still_reads_its_files(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    seen = store.manifest()
    log(store, [("T-1", FEBRUARY, FEBRUARY + 20 * MINUTE, "open", "dawid")])
    assert all((store.folder / file).exists() for file in seen.files())


def test_an_empty_store_answers_with_nothing(store: Store) -> None:
    assert ask(store, "SELECT count(*) FROM facts") == [(0,)]


def as_the_first_version_wrote_it(store: Store) -> None:
    """Facts of acts only, event files without removals and ratings, and a manifest that names neither version."""
    manifest = store.manifest()
    (month,) = manifest.sources["desk"].months.values()
    for file, left_out in ((month.facts, "kind IN ('open', 'awaiting', 'assignment')"), (month.events, "false")):
        path = store.folder / file
        excluded = "EXCLUDE (removal, survivor, score)" if file == month.events else ""
        old = path.with_suffix(".old")
        duckdb.sql(f"COPY (SELECT * {excluded} FROM '{path}' WHERE NOT ({left_out})) TO '{old}' (FORMAT parquet)")
        old.replace(path)
    written = store.folder / "manifest.json"
    kept = json.loads(written.read_text(encoding="utf-8"))
    for source in kept["sources"].values():
        del source["tells"], source["version"]
    written.write_text(json.dumps(kept | {"schema": 1}), encoding="utf-8")


def test_facts_of_an_earlier_version_are_not_read_but_made_anew_from_their_events(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA[:2])
    facts = ask(store, "SELECT * FROM facts ORDER BY ALL")
    as_the_first_version_wrote_it(store)
    with pytest.raises(Misconfigured, match="milepost rebuild"):
        ask(store, "SELECT 1 FROM facts")
    assert upgrade(store).unchanged == 1
    assert ask(store, "SELECT * FROM facts ORDER BY ALL") == facts
    assert upgrade(store).unchanged == 0


def test_a_reading_makes_facts_of_an_earlier_version_anew_before_it_adds_its_own(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA[:2])
    as_the_first_version_wrote_it(store)
    log(store, RESOLVED_BY_CELINA)
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'open' AND nth = 1") == [(3,)]


def test_every_file_carries_the_version_that_made_it(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    for file in store.manifest().files():
        kept = duckdb.sql(f"SELECT value FROM parquet_kv_metadata('{store.folder / file}') WHERE key = 'version'")
        assert kept.fetchall() == [(b"3",)]


def test_removals_ratings_and_survivors_are_kept(store: Store) -> None:
    file = store.folder.parent / "staged.csv"
    with rows_into(file) as writer:
        writer.writerow(told(staged_row(0, "T-1", FEBRUARY, FEBRUARY, status="open")))
        writer.writerow(told(staged_row(1, "T-1", FEBRUARY, FEBRUARY + MINUTE, score=75)))
        writer.writerow(told(staged_row(2, "T-1", FEBRUARY, APRIL, removal="merged", survivor="T-2")))
    update(store, Staged("desk", file, ReplayRules()), now=NOW)
    assert ask(store, "SELECT score, counts_until FROM facts WHERE kind = 'rating'") == [(75, APRIL)]
    (month,) = store.manifest().sources["desk"].months.values()
    tickets = duckdb.sql(f"SELECT key, removal, survivor FROM '{store.folder / month.tickets}'").fetchall()
    assert tickets == [("T-1", "merged", "T-2")]


def test_a_ticket_that_was_restored_is_not_marked_as_removed(store: Store) -> None:
    log(store, [("T-1", FEBRUARY, FEBRUARY, "deleted", None), ("T-1", FEBRUARY, FEBRUARY + MINUTE, "open", None)])
    (month,) = store.manifest().sources["desk"].months.values()
    assert duckdb.sql(f"SELECT removal FROM '{store.folder / month.tickets}'").fetchall() == [(None,)]


def test_what_a_source_can_tell_is_kept_and_grows_with_what_is_read(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA, tells=frozenset({Tells.HISTORY, Tells.STATUS}))
    log(store, RESOLVED_BY_CELINA, tells=frozenset({Tells.STATUS, Tells.AGENTS, Tells.MESSAGES}))
    assert store.manifest().tells() == {"desk": {Tells.HISTORY, Tells.STATUS, Tells.AGENTS}}


@pytest.mark.parametrize("point", range(1, 13))
def test_a_writer_killed_at_any_step_leaves_whole_tickets_and_the_next_one_ends_the_same(
    store: Store, tmp_path: Path, point: int
) -> None:
    log(store, RESOLVED_BY_CELINA)
    longer = [
        *RESOLVED_BY_CELINA,
        ("T-1", FEBRUARY, FEBRUARY + 20 * MINUTE, "open", "dawid"),
        ("T-2", APRIL, APRIL + 5 * MINUTE, "resolved", "dawid"),
    ]
    undisturbed = Store(tmp_path / "undisturbed" / "facts")
    undisturbed.folder.parent.mkdir()
    log(undisturbed, RESOLVED_BY_CELINA)
    log(undisturbed, longer)
    reading = staged(store, longer)
    killed.write(store, reading.file, point=point, now=NOW, response=LOG.response)
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'resolution'") in ([(1,)], [(2,)])
    update(store, reading, now=NOW)
    assert {name: files(store)[name] for name in store.manifest().facts()} == {
        name: files(undisturbed)[name] for name in undisturbed.manifest().facts()
    }


def test_duckdb_loads_nothing_from_outside(store: Store) -> None:
    with pytest.raises(duckdb.Error):
        ask(store, "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')")


def test_facts_timed_by_other_calendars_are_made_anew_in_one_step(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    update(store, replace(staged(store, RESOLVED_BY_CELINA), source="other"), now=NOW)
    before = store.manifest()
    closed = Calendar(ZoneInfo("UTC"), (hours("00:00–00:01"),) * 7)
    business = WorkingTime(Calendars({1: Schedule.of(closed)}, account=1))
    assert upgrade(store, business=business).unchanged == 4
    assert store.manifest().generation == before.generation + 1
    assert store.manifest().calendars == business.calendars
    assert ask(store, "SELECT DISTINCT business_seconds, calendar_seconds FROM facts WHERE kind = 'resolution'") == [
        (0, 600)
    ]
    assert upgrade(store, business=business).months == ()


def test_a_reading_without_a_word_of_calendars_is_timed_by_those_that_are_given(store: Store) -> None:
    business = WorkingTime(Calendars({1: Schedule.of(nine_to_five())}, account=1))
    update(store, staged(store, RESOLVED_BY_CELINA), now=NOW, business=business)
    assert store.manifest().calendars == business.calendars
    assert ask(store, "SELECT DISTINCT calendar FROM facts WHERE kind = 'open'") == [(1,)]


def test_changes_in_many_months_at_once_do_not_need_more_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_writing, "MEMORY", "64MB")
    created = [(f"T-{number}", FEBRUARY - number % 36 * 30 * 86_400) for number in range(720)]
    assert log(store, ((key, at, at, "new", "celina") for key, at in created)) == (720, 0, 0)
    assert log(store, ((key, at, at + MINUTE, "resolved", "celina") for key, at in created)) == (0, 720, 0)
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'resolution'") == [(720,)]


def test_where_an_agent_worked_most_stands_first_and_tickets_of_no_group_say_nothing(store: Store) -> None:
    file = store.folder.parent / "staged.csv"
    with rows_into(file) as writer:
        for line, (team, agent) in enumerate([("Billing", "celina"), *[("Frontline", "celina")] * 2, ("", "dawid")]):
            opened = staged_row(line, f"T-{line}", FEBRUARY, FEBRUARY, status="new", team=team)
            writer.writerow(told(opened))
            writer.writerow(
                told(staged_row(line, f"T-{line}", FEBRUARY, FEBRUARY + MINUTE, status="closed", agent=agent))
            )
    update(store, Staged("desk", file, LOG), now=NOW)
    agents, teams = ({text: number for number, text in store.numbers(kind).items()} for kind in ("agent", "team"))
    expected = {agents["celina"]: [teams["Frontline"], teams["Billing"]]}
    assert groups_of(store, list(agents.values())) == expected
    assert groups_of(store, []) == {}


def test_the_events_of_a_ticket_are_told_back_as_they_came(store: Store) -> None:
    log(store, RESOLVED_BY_CELINA)
    assert [(one.key, one.kind, one.happened_at, one.columns) for one in told_events(store, "desk", ["T-2"])] == [
        ("T-2", "created", APRIL, {"agent": "dawid"}),
        ("T-2", "update", APRIL + MINUTE, {"status": "open", "agent": "dawid"}),
    ]
    assert told_events(store, "desk", ["T-3"]) == []
    assert told_events(store, "elsewhere", ["T-2"]) == []
