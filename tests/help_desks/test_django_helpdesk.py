"""django-helpdesk from the package index: what was done there is what the facts say."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import SourceFailed
from milepost.people.models import Person
from milepost.sources import help_desks, sync
from milepost.sources.models import Identity, Source
from tests.help_desks.conftest import DjangoHelpdesk

pytestmark = pytest.mark.help_desk
MAKE = "django_helpdesk"
OPEN, RESOLVED, CLOSED = 1, 3, 4


def told(desk: DjangoHelpdesk, *, by: str = "milepost", **more: str) -> dict[str, str]:
    """What it takes to read it."""
    return {"address": f"{desk.address}/milepost", "token": desk.keys[by], **more}


@pytest.fixture
def read(tmp_path: Path, settings: Settings, db: None, django_helpdesk: DjangoHelpdesk) -> Callable[[], int]:
    """The desk, connected: each call is a sync, and says how many tickets changed."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime.now(UTC)
    help_desks.allow("127.0.0.1", django_helpdesk.port, by=None, now=now)
    help_desks.connect(MAKE, told(django_helpdesk), slug="desk", name="Help desk", by=None, now=now)

    def once() -> int:
        source, zone = Source.objects.get(), ZoneInfo("Europe/Warsaw")
        with help_desks.connector(source) as connector:
            return help_desks.sync(source, connector, clock=lambda: datetime.now(UTC), zone=zone).changed

    return once


def facts(ticket: str) -> list[tuple[Any, ...]]:
    """The acts of a ticket in order: what, whose, in which queue, and whether they ended."""
    query = """
        SELECT facts.kind, facts.agent, facts.pipeline, ended_at IS NOT NULL
        FROM facts JOIN tickets USING (ticket)
        WHERE tickets.key = ? AND counts_until IS NULL AND facts.kind NOT IN ('open', 'awaiting', 'waiting')
        ORDER BY happened_at, facts.kind
    """
    rows = sync.store().read(lambda db: db.execute(query, [ticket]).fetchall())
    known = Identity.objects.select_related("person")
    named = {(one.kind, one.number): one.person.name if one.person else one.key for one in known}
    return [
        (kind, named.get(("agent", agent)), named.get(("pipeline", pipeline)), ended)
        for kind, agent, pipeline, ended in rows
    ]


def short(ticket: str) -> list[tuple[Any, Any]]:
    """What happened, and whose it was."""
    return [(kind, agent) for kind, agent, *_ in facts(ticket)]


def numbers(desk: DjangoHelpdesk) -> tuple[dict[str, int], dict[str, int]]:
    """The numbers of agents and of queues."""
    headers = {"Authorization": f"Token {desk.keys['milepost']}"}
    names = httpx2.get(f"{desk.address}/milepost/", headers=headers).json()
    agents = {row["name"].split()[0].casefold(): row["id"] for row in names["agents"]}
    return agents, {title: int(number) for number, title in names["queues"].items()}


def reconcile() -> None:
    """The nightly search for what is gone."""
    source = Source.objects.get()
    with help_desks.connector(source) as connector:
        help_desks.reconcile(source, connector, clock=lambda: datetime.now(UTC), stopped=lambda: False)


def test_the_check_tells_a_token_that_reads_from_one_that_can_do_more(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    django_helpdesk.updates("celina", django_helpdesk.writes("a question"), comment="an answer", public="True")
    steps = {step.name: step for step in help_desks.check(MAKE, told(django_helpdesk))}
    assert [name for name, step in steps.items() if step.warning] == []
    assert steps["Queues"].values == {"count": 2}
    assert steps["Agents"].values == {"active": 3, "inactive": 0}
    found = {step.name: step for step in help_desks.check(MAKE, told(django_helpdesk, by="celina"))}
    assert "it can also change tickets" in found["Token valid"].found


def test_what_cannot_be_read_is_said_in_words(django_helpdesk: DjangoHelpdesk, read: Callable[[], int]) -> None:
    for who, said in (("ewa", "refuses the token what it needs"), ("nobody", "refuses the token")):
        with pytest.raises(SourceFailed, match=said) as failure:
            list(help_desks.check(MAKE, told(django_helpdesk) | {"token": django_helpdesk.keys.get(who, "none")}))
        assert failure.value.permanent


def test_agents_groups_and_queues_are_told_by_name(django_helpdesk: DjangoHelpdesk, read: Callable[[], int]) -> None:
    with help_desks.connector(Source.objects.get()) as connector:
        agents = {agent.name: agent for agent in connector.agents()}
        assert sorted(agents) == ["Celina Example", "Dawid Example", "Ewa Example"]
        assert agents["Celina Example"].email == "celina@example.org"
        assert list(connector.teams()) == ["Frontline"]
        assert list(connector.pipelines()) == ["Billing", "Support"]


def test_every_fact_is_what_was_done_in_whatever_language(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    desk, (agents, queues) = django_helpdesk, numbers(django_helpdesk)
    ticket = desk.writes("printer broken")
    desk.updates("dawid", ticket, comment="for us")
    desk.updates("celina", ticket, comment="an answer", public="True")
    desk.updates("dawid", ticket, "pl", owner=agents["celina"])
    desk.updates("celina", ticket, new_status=CLOSED)
    desk.writes("it is broken again", ticket=ticket)
    desk.does("celina", "/tickets/update/", ticket_id=ticket, action=f"assign_{agents['dawid']}")
    desk.updates("dawid", ticket, new_status=RESOLVED, comment="done", public="True")
    desk.updates("dawid", ticket, "pl", queue=queues["Billing"])
    read()
    assert facts(ticket) == [
        ("created", None, "Support", False),
        ("first_reply", "Celina Example", "Support", False),
        ("reply", "Celina Example", "Support", False),
        ("assignment", "Celina Example", "Support", False),
        ("resolution", "Celina Example", "Support", True),
        ("reopen", "Celina Example", "Support", False),
        ("assignment", "Dawid Example", "Support", False),
        ("reply", "Dawid Example", "Support", False),
        ("resolution", "Dawid Example", "Support", False),
    ]
    assert {"Celina Example", "Dawid Example"} <= set(Person.objects.values_list("name", flat=True))
    assert read() == 0


def test_what_was_changed_between_syncs_is_told_and_what_was_deleted_is_found(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    desk = django_helpdesk
    kept, deleted = desk.writes("kept"), desk.writes("spam")
    read()
    assert [short(one) for one in (kept, deleted)] == [[("created", None)]] * 2
    desk.updates("ewa", kept, comment="an answer", public="True")
    desk.does("celina", f"/tickets/{deleted}/delete/")
    assert read() == 1
    assert short(kept) == [("created", None), ("first_reply", "Ewa Example"), ("reply", "Ewa Example")]
    reconcile()
    assert [len(short(one)) for one in (kept, deleted)] == [3, 0]


def test_a_merged_ticket_is_out_and_its_answers_are_not_those_of_the_survivor(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    desk = django_helpdesk
    survivor, merged = desk.writes("printer"), desk.writes("printer again")
    desk.updates("celina", merged, comment="an answer", public="True")
    read()
    assert len(short(merged)) == 3
    desk.does("dawid", f"/tickets/merge?tickets={survivor}&tickets={merged}", chosen_ticket=survivor)
    read()
    assert (short(survivor), short(merged)) == ([("created", None)], [])


def test_what_left_no_follow_up_is_told_as_of_the_last_change(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    desk, (agents, _) = django_helpdesk, numbers(django_helpdesk)
    ticket = desk.writes("a question")
    read()
    desk.updates("dawid", ticket, owner=agents["dawid"])
    desk.asks("dawid", "PATCH", f"/tickets/{ticket}/", {"status": RESOLVED})
    read()
    assert short(ticket) == [("created", None), ("assignment", "Dawid Example"), ("resolution", "Dawid Example")]


def test_a_ticket_on_hold_is_on_hold_until_it_is_taken_off(
    django_helpdesk: DjangoHelpdesk, read: Callable[[], int]
) -> None:
    desk = django_helpdesk
    ticket = desk.writes("a question")
    desk.does("dawid", f"/tickets/{ticket}/hold/", "pl")
    desk.does("celina", f"/tickets/{ticket}/unhold/")
    read()
    query = """
        SELECT facts.status FROM facts JOIN tickets USING (ticket)
        WHERE tickets.key = ? AND facts.kind IN ('open', 'waiting') AND counts_until IS NULL ORDER BY happened_at
    """
    states = sync.store().read(lambda db: db.execute(query, [ticket]).fetchall())
    assert ("on_hold",) in states


def test_who_is_staff_no_more_keeps_what_was_done(django_helpdesk: DjangoHelpdesk, read: Callable[[], int]) -> None:
    desk, (agents, _) = django_helpdesk, numbers(django_helpdesk)
    ticket = desk.writes("a question")
    desk.updates("ewa", ticket, comment="an answer", public="True", owner=agents["ewa"])
    desk.leaves("ewa")
    read()
    assert ("first_reply", "Ewa Example") in short(ticket)
    with help_desks.connector(Source.objects.get()) as connector:
        assert [agent.name for agent in connector.agents() if not agent.active] == ["Ewa Example"]
