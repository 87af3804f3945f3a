"""The demo log ends yesterday, and knows nothing of what came after."""

from datetime import date, datetime, timedelta

import pytest

from milepost.connectors.demo import log

TODAY = date(2026, 11, 24)
FORMAT = "%d/%m/%Y %H:%M"


@pytest.mark.parametrize("days", range(7))
def test_the_last_day_is_yesterday_and_keeps_its_weekday(days: int) -> None:
    today = TODAY + timedelta(days=days)
    assert log.cut_off(today) + log.shift(today) == today - timedelta(days=1)
    assert log.shift(today).days % 7 == 0
    assert date(2016, 5, 25) <= log.cut_off(today) <= date(2016, 5, 31)


def test_no_moved_row_knows_of_a_day_that_has_not_come() -> None:
    header, *rows = log.moved(TODAY)
    midnight = datetime(2026, 11, 24)  # noqa: DTZ001 - the log's own clock, which has no zone
    places = [header.index(name) for name in log.DATES]
    moments = {row[place] for row in rows for place in places} - {"?"}
    newest = max(datetime.strptime(moment, FORMAT) for moment in moments)  # noqa: DTZ007 - as above
    assert newest < midnight
    assert newest.date() == TODAY - timedelta(days=1)


def test_a_ticket_resolved_after_the_cut_off_is_open() -> None:
    header, *rows = log.moved(TODAY)
    number, state, resolved = (header.index(name) for name in ("number", "incident_state", "resolved_at"))
    last = {row[number]: row for row in rows}
    open_tickets = [row for row in last.values() if row[state] not in {"Resolved", "Closed"}]
    assert len(open_tickets) == 1205
    assert sum(row[resolved] != "?" for row in open_tickets) == 0
