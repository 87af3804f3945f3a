"""The overview: whose rows are there, what they say, and which of them an address asks for."""

import html
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.calendars.periods import Duration
from milepost.goals.goal_templates import RESPONSE
from milepost.goals.models import Goal
from milepost.people import actions as people
from milepost.people.models import User
from tests.web.conftest import NOW, Desk, names, text

Reader = Callable[[User | None], Client]
HOUR = 3600


def test_who_is_not_signed_in_is_asked_to(reader: Reader, db: None) -> None:
    answer = reader(None).get("/goals?status=missed")
    assert answer.headers["Location"] == "/sign-in?next=/goals%3Fstatus%3Dmissed"


def test_home_is_the_overview(desk: Desk, reader: Reader) -> None:
    assert reader(desk.cast.anna).get("/").headers["Location"] == "/goals"


def test_the_manager_sees_every_row_of_this_month(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna))
    assert names(page) == {"Celina", "Dawid", "Ewa", "Frontline"}
    assert "March\u00a02026" in page
    assert "Tickets closed · Monthly · March\u00a02026 · All pipelines" in page
    assert "15 of 31 days gone" in page
    assert "Ends in 16 days" in page


def test_a_row_tells_target_actual_distance_pace_and_status(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna))
    assert "≥\u00a030 at least 30 tickets 40 10 over target" in page
    assert "≥\u00a030 at least 30 tickets 3 12 behind pace" in page
    assert "At risk In progress" in page
    assert "no pace Exceeded" in page


def test_the_strip_counts_what_the_rows_are(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna))
    assert "All targets 4 1 goal" in page
    assert "In progress 2 1 on pace 1 at risk" in page
    assert "Exceeded 2 over 100%" in page
    assert "Needs attention 1" not in page  # it stands above, outside the page


def test_last_month_shows_what_came_of_it(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?from=2026-02-01&to=2026-02-28")
    assert "February\u00a02026" in page
    assert "12 18 short" in page
    assert "30 exactly on target" in page
    assert "Ended 28\u00a0Feb" in page


def test_ewa_has_no_row_of_frontline_s_people_and_no_count_of_them(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.ewa))
    assert names(page) == {"Ewa", "Frontline"}
    assert "All targets 2 1 goal" in page


def test_bartek_sees_the_people_of_the_team_he_leads(desk: Desk, closed: Goal, reader: Reader) -> None:
    assert names(text(reader(desk.cast.bartek))) == {"Celina", "Dawid", "Frontline"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("status=exceeded", {"Celina", "Frontline"}),
        ("status=exceeded&status=in_progress", {"Celina", "Dawid", "Ewa", "Frontline"}),
        ("pace=at_risk", {"Dawid"}),
        ("pace=behind&pace=at_risk", {"Dawid"}),
        ("template=closed", {"Celina", "Dawid", "Ewa", "Frontline"}),
        ("template=response", set()),
        ("name=CLOSED", {"Celina", "Dawid", "Ewa", "Frontline"}),
        ("name=other", set()),
        ("status=missed&from=2026-02-01&to=2026-02-28", {"Dawid"}),
        ("from=2025-01-01&to=2025-01-31", set()),
        ("status=happy&team=999999&template=none&page=x&pace=%00", {"Celina", "Dawid", "Ewa", "Frontline"}),
        ("page=99999999", {"Celina", "Dawid", "Ewa", "Frontline"}),
        ("from=9999-99-99&to=0000-01-01", {"Celina", "Dawid", "Ewa", "Frontline"}),
    ],
)
def test_an_address_asks_for_rows(desk: Desk, closed: Goal, reader: Reader, address: str, expected: set[str]) -> None:
    assert names(text(reader(desk.cast.anna), f"/goals?{address}")) == expected


def test_a_team_asks_for_its_row_and_those_of_its_people(desk: Desk, closed: Goal, reader: Reader) -> None:
    team = desk.cast.billing.pk
    assert names(text(reader(desk.cast.anna), f"/goals?team={team}")) == {"Ewa"}


def test_a_status_hides_rows_but_no_count(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?status=exceeded")
    assert "All targets 4 1 goal" in page
    assert "Exceeded 2 over 100%" in page


def test_a_filter_is_kept_when_another_is_chosen(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = reader(desk.cast.anna).get("/goals?name=closed&status=exceeded").content.decode()
    forms = re.findall(r'<form class="menu".*?</form>', page, re.DOTALL)
    template = next(form for form in forms if 'name="template"' in form)
    assert 'type="hidden" name="name" value="closed"' in template
    assert 'type="hidden" name="status" value="exceeded"' in template
    assert 'type="hidden" name="template"' not in template


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("from=2026-03-10&to=2026-03-01", "The end date is before the start date."),
        ("from=2020-01-01&to=2026-01-01", "Choose a range of 5 years or less."),
    ],
)
def test_days_that_cannot_be_are_told_and_this_month_is_shown(
    desk: Desk, closed: Goal, reader: Reader, address: str, sentence: str
) -> None:
    page = text(reader(desk.cast.anna), f"/goals?{address}")
    assert sentence in page
    assert "March\u00a02026" in page


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "No goals yet. Start from a template."),
        ("?status=missed", "No targets match these filters."),
        ("?pace=behind&pace=at_risk", "Nothing needs you right now."),
    ],
)
def test_where_there_is_nothing_a_sentence_says_why(desk: Desk, reader: Reader, address: str, sentence: str) -> None:
    assert sentence in text(reader(desk.cast.anna), f"/goals{address}")


def test_a_month_without_periods_leads_back_to_this_one(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?from=2025-01-01&to=2025-01-31")
    assert "No goal has a period in these days. This month" in page


def test_what_has_not_started_is_pending(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?from=2026-04-01&to=2026-04-30")
    assert "Pending 4 not started" in page
    assert "Starts in 16 days" in page


def test_an_average_of_few_is_no_data_and_says_how_many_are_needed(desk: Desk, reader: Reader) -> None:
    celina = desk.cast.person(desk.cast.celina)
    goal = desk.goal("Response", template=RESPONSE.key, measure=RESPONSE.measure, persons=[celina], value=Decimal(HOUR))
    desk.measured(goal, "Celina", 2, 2 * HOUR, sample=4)
    desk.measured(goal, "Celina", 3, 2 * HOUR)
    anna = reader(desk.cast.anna)
    assert "4 tickets, 5 needed" in text(anna, "/goals?from=2026-02-01&to=2026-02-28")
    page = text(anna)
    assert "≤\u00a01\u00a0h at most 1 hour 2\u00a0h 1\u00a0h over limit" in page
    assert "calendar hours" in page


def test_a_person_who_left_is_marked_as_stopped(desk: Desk, closed: Goal, reader: Reader) -> None:
    people.deactivate(desk.cast.person(desk.cast.dawid), by=None, now=NOW)
    page = text(reader(desk.cast.anna))
    assert "Stopped since 16\u00a0Mar" in page
    assert "At risk" not in page.split("Contributor", 1)[1]


def test_polish_is_whole(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post("/language", {"language": "pl", "next": "/goals"})
    page = text(anna)
    assert "Zgłoszenia zamknięte · Miesięczny · marzec\u00a02026 · Wszystkie procesy" in page
    assert "Minęło 15 z 31 dni" in page
    assert "o 10 ponad cel" in page
    assert "Przekroczony" in page


def test_a_name_is_shown_as_it_was_typed_and_runs_nothing(desk: Desk, reader: Reader) -> None:
    celina = desk.cast.person(desk.cast.celina)
    desk.goal("<script>alert(1)</script> & more", persons=[celina], value=Decimal(3))
    body = reader(desk.cast.anna).get("/goals").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in body
    assert "<script>alert" not in body


def test_pages_hold_200_rows_each(desk: Desk, reader: Reader) -> None:
    _weekly(desk, goals=5)
    anna = reader(desk.cast.anna)
    span = "from=2026-01-01&to=2026-12-31"
    first = anna.get(f"/goals?{span}").content.decode()
    second = anna.get(f"/goals?{span}&page=2").content.decode()
    assert first.count('<th scope="row"') == 200
    assert second.count('<th scope="row"') == 60
    assert f"{span}&page=2" in html.unescape(first)


def test_the_page_asks_the_database_as_often_for_5000_targets_as_for_5(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    persons = [people.create_person(f"Person {number}", by=None, now=NOW) for number in range(97)]
    asked: list[tuple[int, str]] = []
    for some in (persons[:5], persons):
        days = {"first_day": date(2026, 1, 5), "after_day": date(2027, 1, 4)}
        desk.goal(f"Weekly of {len(some)}", duration=Duration.WEEKLY, persons=some, value=Decimal(3), **days)
        with CaptureQueriesContext(connection) as queries:
            page = anna.get("/goals?from=2026-01-01&to=2026-12-31" if asked else "/goals?from=2026-01-05&to=2026-01-11")
        asked.append((len(queries), counted(page)))
    assert [count for _queries, count in asked] == ["All targets 5 1 goal", "All targets 5,304 2 goals"]
    # Nine of them ask what results wait for that could be final by now.
    assert asked[0][0] == asked[1][0] <= 34


def counted(page: Any) -> str:
    """How many targets a page counts."""
    words: str = re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    return str(re.findall(r"All targets [\d,]+ \d+ goals?", words)[0])


def _weekly(desk: Desk, *, goals: int) -> None:
    """Goals of 52 weeks for Celina."""
    celina = desk.cast.person(desk.cast.celina)
    days = {"first_day": date(2026, 1, 5), "after_day": date(2027, 1, 4)}
    for number in range(goals):
        desk.goal(f"Weekly {number}", duration=Duration.WEEKLY, persons=[celina], value=Decimal(3), **days)
