"""What is django-helpdesk’s alone: holds, programs among users, and changes without a follow-up."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import read
from tests.connectors.asking import events
from tests.contracts.django_helpdesk import StrictDjangoHelpdesk


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictDjangoHelpdesk:
    return StrictDjangoHelpdesk(httpserver)


@pytest.mark.parametrize(
    ("status", "more", "meant"),
    [
        ("resolved", "", "resolved"),
        ("closed", "", "closed"),
        ("duplicate", "", "closed"),
        ("reopened", "", "open"),
        ("closed", "closed = resolved", "resolved"),
    ],
)
def test_a_status_means_what_is_mapped(desk: StrictDjangoHelpdesk, status: str, more: str, meant: str) -> None:
    desk.becomes(desk.opens(), status, by="celina")
    told = events(desk, statuses=more) if more else events(desk)
    assert [event["status"] for event in told if "status" in event] == ["open", meant]


def test_an_open_ticket_is_on_hold_until_it_is_taken_off_or_ends(desk: StrictDjangoHelpdesk) -> None:
    ticket = desk.opens()
    desk.holds(ticket, by="celina")
    desk.holds(ticket, by="celina", on=False)
    desk.holds(ticket, by="celina")
    desk.becomes(ticket, "closed", by="celina")
    assert [event["status"] for event in events(desk)] == ["open", "on_hold", "open", "on_hold", "closed"]


def test_what_a_program_writes_is_no_reply(desk: StrictDjangoHelpdesk) -> None:
    desk.answers_ticket(desk.opens(), by="celina")
    assert [event["message"] for event in events(desk)] == ["customer", "reply"]
    assert [event["message"] for event in events(desk, bots="importer, celina")] == ["customer", "automatic"]


def test_what_stood_first_is_what_the_first_change_says_was_before(desk: StrictDjangoHelpdesk) -> None:
    ticket = desk.opens()
    desk.moves(ticket, "2", by="celina")
    desk.assigns(ticket, "celina", by="celina")
    desk.assigns(ticket, "Nobody", by="celina")
    assert [(event.get("pipeline"), event.get("agent")) for event in events(desk)] == [
        ("Support", ""),
        ("Billing", None),
        (None, "5"),
        (None, ""),
    ]


def test_a_status_that_was_changed_without_a_follow_up_is_told_as_of_the_last_change(
    desk: StrictDjangoHelpdesk,
) -> None:
    ticket = desk.opens()
    desk.pass_(hours=1)
    desk.edits(ticket, status=3)
    (batch,) = [batch for batch in read(desk) if batch.progress]
    assert [(event.happened_at - event.created_at, event.columns["status"]) for event in batch.events] == [
        (0, "open"),
        (3600, "resolved"),
    ]


def test_an_agent_whose_name_is_not_known_any_more_leaves_who_is_there_now(desk: StrictDjangoHelpdesk) -> None:
    ticket = desk.opens()
    desk.assigns(ticket, "celina", by="dawid")
    desk.tickets[int(ticket)]["follow_ups"][-1]["changes"] = {"holder": [0, -1]}
    assert [event["agent"] for event in events(desk) if "agent" in event] == ["", "5"]


def test_a_ticket_that_was_made_without_a_follow_up_keeps_its_first_answer(desk: StrictDjangoHelpdesk) -> None:
    ticket = desk.opens()
    desk.tickets[int(ticket)]["follow_ups"].clear()
    desk.pass_(hours=1)
    desk.answers_ticket(ticket, by="celina")
    assert [event["message"] for event in events(desk)] == ["customer", "reply"]


def test_an_answer_of_another_form_is_said_in_words(desk: StrictDjangoHelpdesk) -> None:
    desk.opens()
    desk.tickets[1]["created"] = "yesterday"
    with pytest.raises(SourceFailed, match="not in its form"):
        read(desk, since="2020-01-01")
