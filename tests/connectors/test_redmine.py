"""What is Redmine’s alone: its statuses, projects and people."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import read
from tests.connectors.asking import events
from tests.contracts.redmine import StrictRedmine


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictRedmine:
    return StrictRedmine(httpserver)


@pytest.mark.parametrize(
    ("status", "more", "meant"),
    [
        ("resolved", "", "resolved"),
        ("feedback", "", "waiting_customer"),
        ("closed", "", "closed"),
        ("open", "", "open"),
        ("closed", "closed = resolved", "resolved"),
        ("resolved", "feedback = on_hold", "open"),
    ],
)
def test_a_status_means_what_is_mapped_else_what_redmine_says(
    desk: StrictRedmine, status: str, more: str, meant: str
) -> None:
    desk.becomes(desk.opens(), status, by="celina")
    told = events(desk, statuses=more) if more else events(desk)
    assert [event["status"] for event in told if "status" in event] == ["new", meant]


def test_a_ticket_of_a_group_has_no_agent_and_stays_with_the_group_when_somebody_takes_it(desk: StrictRedmine) -> None:
    ticket = desk.opens()
    desk.assigns(ticket, "Frontline", by="celina")
    desk.assigns(ticket, "dawid", by="dawid")
    assert [(event.get("team"), event.get("agent")) for event in events(desk)] == [
        (None, ""),
        ("Frontline", ""),
        (None, "6"),
    ]


def test_other_projects_are_left_out_and_what_left_for_them_is_told_on(desk: StrictRedmine) -> None:
    moved, other = desk.opens(), desk.opens(queue="2")
    first = read(desk, projects="support")
    assert {event.key for batch in first for event in batch.events} == {moved}
    desk.pass_(hours=1)
    desk.moves(moved, "2", by="celina")
    desk.answers_ticket(other, by="celina")
    later = read(desk, first[-1].cursor, projects="support")
    assert {event.key for batch in later for event in batch.events} == {moved}


def test_whoever_is_named_by_role_is_an_agent_and_nobody_else(desk: StrictRedmine) -> None:
    desk.answers_ticket(desk.opens(), by="carol")
    assert [event["message"] for event in events(desk)] == ["customer", "customer"]
    assert [event["message"] for event in events(desk, roles="Role 4")] == ["reply", "reply"]


def test_a_filter_that_the_server_leaves_out_is_found_out(desk: StrictRedmine) -> None:
    for _ in range(102):
        desk.opens()
    desk.ignores.add("issue_id")
    with pytest.raises(SourceFailed, match="not in its form"):
        read(desk)


def test_a_rest_service_that_is_turned_off_is_said_in_words(desk: StrictRedmine) -> None:
    desk.answers_next(403)
    with pytest.raises(SourceFailed, match="turn on its REST web service"):
        read(desk)
