"""The ten filters: what each leaves over, how they combine, and what the page says of them."""

import html
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from milepost.calendars.periods import Duration
from milepost.goals import actions
from milepost.goals.goal_templates import RESPONSE, TEMPLATES
from milepost.goals.models import Goal, Target
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.people import actions as people
from milepost.people.models import User
from milepost.progress.filters import Ends, Filters, Match, Range, Sort, Tag
from milepost.web.goals import address
from milepost.web.goals.known import Known
from milepost.web.goals.presets import presets
from tests.web.conftest import NOW, Desk, names, text

Reader = Callable[[User | None], Client]
EVERYBODY = {"Celina", "Dawid", "Ewa", "Frontline"}
TODAY = date(2026, 3, 16)
KNOWN = Known(
    goals=[(1, "A"), (2, "B")], teams=[(3, "C")], persons=[(4, "D"), (5, "E")], pipelines=["sales", "Spät & co"]
)


def some(words: type[StrEnum]) -> st.SearchStrategy[frozenset[object]]:
    return st.frozensets(st.sampled_from(list(words)))


filters = st.builds(
    Filters,
    first_day=st.dates(date(2024, 1, 1), date(2025, 12, 31)),
    after_day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    templates=st.frozensets(st.sampled_from(sorted(TEMPLATES))),
    goals=st.frozensets(st.sampled_from([1, 2])),
    name=st.text(max_size=80).map(lambda name: name.replace("\0", "").strip()),
    durations=some(Duration),
    teams=st.frozensets(st.just(3)),
    persons=st.frozensets(st.sampled_from([4, 5])),
    pipelines=st.frozensets(st.sampled_from(KNOWN.pipelines)),
    match=st.sampled_from(Match),
    ends=st.sampled_from(Ends),
    milestones=some(Duration),
    statuses=some(Status),
    paces=some(Pace),
    tags=some(Tag),
    progress=st.none() | st.builds(Range, st.integers(0, 50), st.none() | st.integers(50, 999)),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 999_999),
)


@given(filters)
def test_an_address_holds_all_its_filters(asked: Filters) -> None:
    written = address.of(asked, page=asked.page).partition("?")[2]
    assert address.read(QueryDict(written), KNOWN, today=TODAY).filters == asked


@given(st.text(max_size=200))
def test_every_address_is_answered(query: str) -> None:
    read = address.read(QueryDict(query), KNOWN, today=TODAY).filters
    assert read.first_day < read.after_day


@pytest.fixture
def desk_of_all(desk: Desk, closed: Goal) -> Desk:
    """Beside the monthly goal: a weekly one of sales for Ewa, and a yearly one on response for Dawid."""
    cast = desk.cast
    desk.goal(
        "Sales by week",
        duration=Duration.WEEKLY,
        first_day=date(2026, 1, 5),
        after_day=date(2027, 1, 4),
        persons=[cast.person(cast.ewa)],
        pipelines=["sales"],
        value=Decimal(10),
    )
    desk.goal(
        "Response 2026",
        template=RESPONSE.key,
        measure=RESPONSE.measure,
        duration=Duration.YEARLY,
        persons=[cast.person(cast.dawid)],
        pipelines=["sales", "support"],
        value=Decimal(3600),
    )
    return desk


@pytest.mark.parametrize(
    ("query", "goals"),
    [
        ("duration=weekly", {"Sales by week"}),
        ("duration=weekly&duration=yearly", {"Sales by week", "Response 2026"}),
        ("milestone=monthly", {"Tickets closed 2026"}),
        ("milestone=monthly&duration=weekly", set()),
        ("pipeline=sales", {"Tickets closed 2026", "Sales by week", "Response 2026"}),
        ("pipeline=support", {"Tickets closed 2026", "Response 2026"}),
        ("pipeline=sales&match=only", {"Sales by week"}),
        ("pipeline=sales&pipeline=support&match=only", {"Sales by week", "Response 2026"}),
        ("template=response", {"Response 2026"}),
        ("ends=within", {"Tickets closed 2026", "Sales by week"}),
        ("name=BY%20WEEK", {"Sales by week"}),
    ],
)
def test_a_filter_leaves_these_goals(desk_of_all: Desk, reader: Reader, query: str, goals: set[str]) -> None:
    page = reader(desk_of_all.cast.anna).get(f"/goals?{query}").content.decode()
    assert set(re.findall(r"goal-heading.*?<b>([^<]+)</b>", page)) == goals


def test_goals_are_ticked_by_name_or_found_by_a_part_of_it(desk_of_all: Desk, reader: Reader) -> None:
    week = Goal.objects.get(name="Sales by week").pk
    page = reader(desk_of_all.cast.anna).get(f"/goals?goal={week}&name=response").content.decode()
    assert set(re.findall(r"goal-heading.*?<b>([^<]+)</b>", page)) == {"Sales by week", "Response 2026"}


def test_a_user_is_chosen_among_those_one_may_see(desk: Desk, closed: Goal, reader: Reader) -> None:
    cast = desk.cast
    dawid = cast.person(cast.dawid).pk
    assert names(text(reader(cast.anna), f"/goals?user={dawid}")) == {"Dawid"}
    assert names(text(reader(cast.ewa), f"/goals?user={dawid}")) == {"Ewa", "Frontline"}
    assert "Dawid" not in reader(cast.ewa).get("/goals").content.decode()


def test_who_was_deactivated_comes_at_the_end_of_the_users(desk: Desk, closed: Goal, reader: Reader) -> None:
    people.deactivate(desk.cast.person(desk.cast.celina), by=None, now=NOW)
    page = reader(desk.cast.anna).get("/goals").content.decode()
    assert re.findall(r'name="user" value="\d+"><span>([^<]+)', page) == ["Dawid", "Ewa", "Celina"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("progress=0-60", {"Dawid", "Ewa"}),
        ("progress=50-100", {"Ewa"}),
        ("progress=100-", {"Celina", "Frontline"}),
        ("progress-from=50&progress-to=60", {"Ewa"}),
        ("progress-from=&progress-to=20", {"Dawid"}),
        ("progress-from=&progress-to=", EVERYBODY),
    ],
)
def test_progress_is_a_range_with_both_ends(
    desk: Desk, closed: Goal, reader: Reader, query: str, expected: set[str]
) -> None:
    assert names(text(reader(desk.cast.anna), f"/goals?{query}")) == expected


@pytest.mark.parametrize(("query", "expected"), [("progress=0-50", EVERYBODY), ("progress=1-50", set())])
def test_without_progress_a_row_is_there_only_from_0(
    desk: Desk, closed: Goal, reader: Reader, query: str, expected: set[str]
) -> None:
    april = f"/goals?from=2026-04-01&to=2026-04-30&{query}"
    assert names(text(reader(desk.cast.anna), april)) == expected


def test_a_range_that_ends_before_it_begins_is_told(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?progress-from=90&progress-to=10")
    assert "The first value must be lower than the second." in page
    assert names(page) == EVERYBODY


def test_tags_are_statuses_too(desk: Desk, closed: Goal, reader: Reader) -> None:
    people.deactivate(desk.cast.person(desk.cast.dawid), by=None, now=NOW)
    anna = reader(desk.cast.anna)
    assert names(text(anna, "/goals?tag=stopped")) == {"Dawid"}
    assert names(text(anna, "/goals?tag=stopped&status=exceeded")) == {"Dawid", "Celina", "Frontline"}


def test_counts_are_those_of_the_rows_that_the_other_filters_leave(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), f"/goals?team={desk.cast.frontline.pk}&progress=0-50")
    assert "All targets 1 1 goal In progress 1 1 at risk" in page
    assert names(page) == {"Dawid"}


def test_a_lead_begins_with_the_own_team_and_may_ask_for_all(desk: Desk, closed: Goal, reader: Reader) -> None:
    bartek = reader(desk.cast.bartek)
    desk.goal("Billing", teams=[desk.cast.billing], value=Decimal(5))
    assert "Teams Frontline" in text(bartek)
    assert "Billing · " not in text(bartek)
    assert names(text(bartek, "/goals?sort=ends")) == {"Celina", "Dawid", "Frontline"}
    assert "Clear filter: Teams" not in bartek.get("/goals?sort=ends").content.decode()


def test_clear_all_comes_with_the_second_filter(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    assert "Clear all" not in text(anna, "/goals?status=exceeded")
    page = anna.get("/goals?status=exceeded&duration=monthly&from=2026-02-01&to=2026-02-28").content.decode()
    cleared = html.unescape(re.findall(r'href="([^"]+)">Clear all', page)[0])
    assert cleared == "/goals?from=2026-03-01&to=2026-03-31"


def test_where_nothing_is_left_every_filter_can_be_taken_away(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), "/goals?status=missed&duration=yearly")
    assert "No targets match these filters. Duration Yearly remove this filter Status Missed remove this filter" in page


def test_spans_that_are_asked_for_often_follow_the_fiscal_year() -> None:
    spans = {str(one.name): (one.first_day, one.after_day) for one in presets(TODAY, fiscal_month=2)}
    assert spans == {
        "This month": (date(2026, 3, 1), date(2026, 4, 1)),
        "Last month": (date(2026, 2, 1), date(2026, 3, 1)),
        "This quarter": (date(2026, 2, 1), date(2026, 5, 1)),
        "This fiscal year": (date(2026, 2, 1), date(2027, 2, 1)),
        "Last 30 days": (date(2026, 2, 15), date(2026, 3, 17)),
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("ends", ["Sales by week", "Tickets closed 2026", "Response 2026"]),
        ("name", ["Response 2026", "Sales by week", "Tickets closed 2026"]),
        ("progress", ["Tickets closed 2026", "Response 2026", "Sales by week"]),
    ],
)
def test_goals_come_in_the_order_asked_for(desk_of_all: Desk, reader: Reader, sort: str, order: list[str]) -> None:
    page = reader(desk_of_all.cast.anna).get(f"/goals?sort={sort}").content.decode()
    assert list(dict.fromkeys(re.findall(r"goal-heading.*?<b>([^<]+)</b>", page))) == order


def test_rows_of_least_progress_come_first_within_their_goal(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = reader(desk.cast.anna).get("/goals?sort=progress").content.decode()
    assert re.findall(r"avatar.*?<b>([^<]+)</b>", page) == ["Dawid", "Ewa", "Celina", "Frontline"]


def test_what_changed_last_comes_first(desk_of_all: Desk, reader: Reader) -> None:

    april = Target.objects.get(contributor__goal__name="Response 2026")
    actions.set_target(april, Decimal(1800), reason="New staff", by=desk_of_all.cast.anna, now=NOW)
    page = reader(desk_of_all.cast.anna).get("/goals?sort=changed").content.decode()
    assert re.findall(r"goal-heading.*?<b>([^<]+)</b>", page)[0] == "Response 2026"


@pytest.mark.parametrize(
    "query",
    ["sort=changed", "pipeline=sales", "tag=adjusted&progress=0-50", "duration=monthly&milestone=monthly&ends=within"],
)
def test_any_filter_asks_the_database_as_often_for_many_as_for_few(
    desk_of_all: Desk, reader: Reader, query: str
) -> None:
    anna = reader(desk_of_all.cast.anna)
    asked = []
    for count in (0, 6):
        for number in range(count):
            persons = [desk_of_all.cast.person(one) for one in (desk_of_all.cast.celina, desk_of_all.cast.dawid)]
            desk_of_all.goal(f"a {number}", persons=persons, pipelines=["sales"], value=Decimal(1))
        with CaptureQueriesContext(connection) as queries:
            anna.get(f"/goals?{query}")
        asked.append(len(queries))
    assert asked[0] == asked[1]
