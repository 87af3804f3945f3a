"""Tickets are told in parts that a batch may hold, none twice and none left out."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.connectors.contract import LARGEST, TicketEvent
from milepost.connectors.parts import Told, parts

EVENT = TicketEvent("7", 0, 0, {})


@given(st.lists(st.sampled_from([0, 1, 40, LARGEST // 2, LARGEST - 1, LARGEST + 7]), max_size=8))
def test_parts_hold_all_tickets_and_no_more_than_a_batch_may_unless_one_ticket_does(sizes: list[int]) -> None:
    told = [Told(number, [EVENT] * size, changed=number * 60) for number, size in enumerate(sizes, 1)]
    found = list(parts(told))
    assert sum(len(part.events) for part in found) == sum(sizes)
    assert sum(part.tickets for part in found) == len(sizes)
    assert all(len(part.events) <= LARGEST or len(part.events) - LARGEST == 7 for part in found)
    assert [part.newest for part in found] == [part.last * 60 for part in found]
    assert not found or found[-1].last == len(sizes)


def test_no_tickets_are_no_part() -> None:
    assert list(parts([])) == []
