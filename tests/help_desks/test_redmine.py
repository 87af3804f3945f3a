"""Redmine 5 as Debian ships it: what was done there is what the facts say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pytest_django.fixtures import Settings

from milepost.base.errors import SourceFailed
from milepost.people.models import Person
from milepost.sources import help_desks, sync
from milepost.sources.models import Identity, Source
from tests.help_desks.conftest import Redmine

pytestmark = pytest.mark.help_desk
MAKE = "redmine"


def told(desk: Redmine, *, by: str = "milepost", **more: str) -> dict[str, str]:
    """What it takes to read it."""
    return {"address": desk.address, "token": desk.keys[by], **more}


@pytest.fixture
def read(tmp_path: Path, settings: Settings, db: None, redmine: Redmine) -> Callable[[], int]:
    """The desk, connected: each call is a sync, and says how many tickets changed."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime.now(UTC)
    help_desks.allow("127.0.0.1", redmine.port, by=None, now=now)
    help_desks.connect(MAKE, told(redmine), slug="redmine", name="Redmine", by=None, now=now)

    def once() -> int:
        source, zone = Source.objects.get(), ZoneInfo("Europe/Warsaw")
        with help_desks.connector(source) as connector:
            return help_desks.sync(source, connector, clock=lambda: datetime.now(UTC), zone=zone).changed

    return once


def facts(ticket: str) -> list[tuple[Any, ...]]:
    """The acts of a ticket in order: what, whose, of which group, in which project, and whether they ended."""
    query = """
        SELECT facts.kind, facts.agent, facts.team, facts.pipeline, ended_at IS NOT NULL
        FROM facts JOIN tickets USING (ticket)
        WHERE tickets.key = ? AND counts_until IS NULL AND facts.kind NOT IN ('open', 'awaiting', 'waiting')
        ORDER BY happened_at, facts.kind
    """
    rows = sync.store().read(lambda db: db.execute(query, [ticket]).fetchall())
    known = Identity.objects.select_related("person")
    named = {(one.kind, one.number): one.person.name if one.person else one.key for one in known}
    return [
        (kind, *(named.get(one) for one in zip(("agent", "team", "pipeline"), who, strict=True)), ended)
        for kind, *who, ended in rows
    ]


def short(ticket: str) -> list[tuple[Any, Any]]:
    """What happened, and whose it was."""
    return [(kind, agent) for kind, agent, *_ in facts(ticket)]


def test_the_check_tells_a_key_that_reads_from_one_that_can_do_more(redmine: Redmine, read: Callable[[], int]) -> None:
    ticket = redmine.opens("a question")
    redmine.sets("celina", ticket, notes="an answer")
    steps = {step.name: step for step in help_desks.check(MAKE, told(redmine))}
    assert [name for name, step in steps.items() if step.warning] == []
    assert steps["Projects"].values == {"count": 2}
    assert steps["Agents"].values == {"active": 3, "inactive": 0}
    for who, said in (("celina", "it can also change tickets"), ("root", "administrator")):
        found = {step.name: step for step in help_desks.check(MAKE, told(redmine, by=who))}
        assert found["Token valid"].warning
        assert said in found["Token valid"].found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"token": "no-such-key"}, "refuses the token"),
        ({"projects": "support, attic"}, "sees no project “attic”"),
        ({"roles": "Agnet"}, "There is no role “agnet”"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(
    redmine: Redmine, read: Callable[[], int], more: dict[str, str], said: str
) -> None:
    with pytest.raises(SourceFailed, match=said) as failure:
        list(help_desks.check(MAKE, told(redmine) | more))
    assert failure.value.permanent


def test_agents_groups_and_projects_are_told_by_name(redmine: Redmine, read: Callable[[], int]) -> None:
    with help_desks.connector(Source.objects.get()) as connector:
        agents = {agent.name: agent for agent in connector.agents()}
        assert sorted(agents) == ["Celina Example", "Dawid Example", "Ewa Example"]
        assert [agents[f"{name} Example"].email for name in ("Celina", "Dawid")] == ["celina@example.org", ""]
        assert list(connector.teams()) == ["Frontline"]
        assert list(connector.pipelines()) == ["Billing", "Support"]


def test_every_fact_is_what_was_done(redmine: Redmine, read: Callable[[], int]) -> None:
    desk, status = redmine, redmine.statuses()
    people = {one["name"]: one["id"] for one in _members(desk)}
    celina, dawid = people["Celina Example"], people["Dawid Example"]
    ticket = desk.opens("printer broken")
    desk.sets("dawid", ticket, notes="for us", private_notes=True)
    desk.sets("celina", ticket, notes="an answer")
    desk.sets("celina", ticket, assigned_to_id=people["Frontline"])
    desk.sets("celina", ticket, assigned_to_id=celina)
    desk.sets("celina", ticket, status_id=status["Resolved"])
    desk.sets("carol", ticket, notes="it is broken again", status_id=status["In Progress"])
    desk.sets("celina", ticket, status_id=status["In Progress"])
    desk.sets("celina", ticket, assigned_to_id=dawid)
    desk.sets("dawid", ticket, status_id=status["Closed"], notes="done")
    billing = next(
        one["id"] for one in desk.does("milepost", "GET", "/projects")["projects"] if one["name"] == "Billing"
    )
    desk.sets("dawid", ticket, project_id=billing)
    read()
    assert facts(ticket) == [
        ("created", None, None, "Support", False),
        ("first_reply", "Celina Example", None, "Support", False),
        ("reply", "Celina Example", None, "Support", False),
        ("transfer", None, "Frontline", "Support", False),
        ("assignment", "Celina Example", "Frontline", "Support", False),
        ("resolution", "Celina Example", "Frontline", "Support", True),
        ("reopen", "Celina Example", "Frontline", "Support", False),
        ("assignment", "Dawid Example", "Frontline", "Support", False),
        ("reply", "Dawid Example", "Frontline", "Support", False),
        ("resolution", "Dawid Example", "Frontline", "Support", False),
    ]
    assert {"Celina Example", "Dawid Example"} <= set(Person.objects.values_list("name", flat=True))
    assert read() == 0


def test_what_was_changed_between_syncs_is_told_and_what_was_deleted_is_found(
    redmine: Redmine, read: Callable[[], int]
) -> None:
    desk = redmine
    kept, deleted, moved = (desk.opens(subject) for subject in ("kept", "spam", "for another team"))
    read()
    assert [short(one) for one in (kept, deleted, moved)] == [[("created", None)]] * 3
    desk.sets("ewa", kept, notes="an answer")
    desk.does("celina", "DELETE", f"/issues/{deleted}")
    attic = next(one["id"] for one in desk.does("celina", "GET", "/projects")["projects"] if one["name"] == "Attic")
    desk.sets("celina", moved, project_id=attic)
    assert read() == 1
    assert short(kept) == [("created", None), ("first_reply", "Ewa Example"), ("reply", "Ewa Example")]
    source = Source.objects.get()
    with help_desks.connector(source) as connector:
        help_desks.reconcile(source, connector, clock=lambda: datetime.now(UTC), stopped=lambda: False)
    assert [len(short(one)) for one in (kept, deleted, moved)] == [3, 0, 1]


def test_a_note_that_is_hidden_or_emptied_later_is_found_within_a_day(
    redmine: Redmine, read: Callable[[], int]
) -> None:
    desk, subjects = redmine, ("hidden", "emptied", "reworded")
    tickets = [desk.opens(subject) for subject in subjects]
    for ticket in tickets:
        desk.sets("celina", ticket, notes="an answer")
    # What was read twice is settled.
    assert [read() > 0, read()] == [True, 0]
    replied = [("created", None), ("first_reply", "Celina Example"), ("reply", "Celina Example")]
    assert [short(one) for one in tickets] == [replied] * len(tickets)
    before = _changed(desk, tickets)
    edits: list[dict[str, Any]] = [{"private_notes": True}, {"notes": ""}, {"notes": "better"}]
    for ticket, edit in zip(tickets, edits, strict=True):
        desk.edits(ticket, **edit)
    assert _changed(desk, tickets) == before
    assert read() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        assert read() == len(("hidden", "emptied"))
    assert [short(one) for one in tickets] == [[("created", None)], [("created", None)], replied]


def test_the_tickets_of_a_removed_project_are_taken_out_and_those_of_an_archived_one_are_kept(
    redmine: Redmine, read: Callable[[], int]
) -> None:
    desk = redmine
    kept, removed = (desk.opens("a question", project=desk.makes_project(name)) for name in ("shelved", "removed"))
    read()
    assert [short(one) for one in (kept, removed)] == [[("created", None)]] * 2
    desk.does("root", "PUT", "/projects/shelved/archive")
    desk.does("root", "DELETE", "/projects/removed")
    read()
    with help_desks.connector(Source.objects.get()) as connector:
        help_desks.reconcile(Source.objects.get(), connector, clock=lambda: datetime.now(UTC), stopped=lambda: False)
    assert [short(one) for one in (kept, removed)] == [[("created", None)], []]
    desk.does("root", "PUT", "/projects/shelved/unarchive")
    desk.does("root", "DELETE", "/projects/shelved")


def test_who_was_locked_or_left_keeps_what_was_done(redmine: Redmine, read: Callable[[], int]) -> None:
    desk = redmine
    member = next(one for one in _memberships(desk) if one.get("user", {}).get("name") == "Ewa Example")
    ticket = desk.opens("a question")
    desk.sets("ewa", ticket, notes="an answer", assigned_to_id=member["user"]["id"])
    desk.does("root", "PUT", f"/users/{member['user']['id']}", {"user": {"status": 3}})
    read()
    assert short(ticket)[1:] == [
        ("assignment", "Ewa Example"),
        ("first_reply", "Ewa Example"),
        ("reply", "Ewa Example"),
    ]
    with help_desks.connector(Source.objects.get()) as connector:
        assert [agent.name for agent in connector.agents() if not agent.active] == ["Ewa Example"]
    desk.does("root", "DELETE", f"/memberships/{member['id']}")
    desk.does("root", "PUT", f"/users/{member['user']['id']}", {"user": {"status": 1}})
    desk.sets("celina", ticket, notes="another answer")
    read()
    assert ("first_reply", "Ewa Example") in short(ticket)


def _changed(desk: Redmine, tickets: list[str]) -> list[str]:
    """When each of these changed last, as Redmine says."""
    return [desk.does("milepost", "GET", f"/issues/{one}")["issue"]["updated_on"] for one in tickets]


def _memberships(desk: Redmine) -> list[dict[str, Any]]:
    found = desk.does("milepost", "GET", "/projects/support/memberships")["memberships"]
    return list(found)


def _members(desk: Redmine) -> list[dict[str, Any]]:
    return [one.get("user") or one["group"] for one in _memberships(desk)]
