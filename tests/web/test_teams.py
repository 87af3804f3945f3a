"""The report of a team: all its goals and milestones, actual over target."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.goals.models import Goal
from milepost.people.models import User
from tests.web.conftest import Desk, text

Reader = Callable[[User | None], Client]


def test_all_teams_are_listed_with_their_members(desk: Desk, reader: Reader) -> None:
    assert "Billing 1 Frontline 3" in text(reader(desk.cast.ewa), "/teams")


def test_a_team_shows_every_milestone_actual_over_target(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.anna), f"/teams/{desk.cast.frontline.pk}")
    assert "Tickets closed 2026 Tickets closed · Monthly Contributor January\u00a02026" in page
    assert page.count("December\u00a02026") == 1
    assert "43 ≥\u00a030 at least 30 tickets Exceeded" in page
    assert "12 ≥\u00a030 at least 30 tickets Missed" in page
    assert "Ewa" not in page


def test_the_team_comes_first_then_its_people(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = reader(desk.cast.anna).get(f"/teams/{desk.cast.frontline.pk}").content.decode()
    body = page.split("<tbody>", 1)[1]
    assert re.findall(r"<th scope=.row.>.*?<b>([^<]+)</b>", body, re.DOTALL) == ["Frontline", "Celina", "Dawid"]


def test_who_may_not_see_people_sees_the_team(desk: Desk, closed: Goal, reader: Reader) -> None:
    page = text(reader(desk.cast.ewa), f"/teams/{desk.cast.frontline.pk}")
    assert "43 ≥" in page
    assert "Celina" not in page
    assert "Dawid" not in page


def test_the_report_is_exported_with_the_same_rows(desk: Desk, closed: Goal, reader: Reader) -> None:
    team = desk.cast.frontline.pk
    page = reader(desk.cast.ewa).get(f"/teams/{team}").content.decode()
    address = re.findall(r'href="(/goals/export.csv[^"]+)"', page)[0].replace("&amp;", "&")
    sent = b"".join(reader(desk.cast.ewa).get(address).streaming_content).decode()  # type: ignore[attr-defined]
    assert sent.count("Frontline") == 12
    assert "Celina" not in sent


def test_another_year_is_a_step_away(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna, address = reader(desk.cast.anna), f"/teams/{desk.cast.frontline.pk}"
    assert f'href="{address}?year=2025"' in anna.get(address).content.decode()
    assert "This team has no goals in this year." in text(anna, f"{address}?year=2025")
    assert "43 ≥" in text(anna, f"{address}?year=9999999&page=x")


def test_a_team_that_is_not_there_is_not_found(desk: Desk, reader: Reader) -> None:
    assert reader(desk.cast.anna).get("/teams/999999").status_code == 404


def test_the_report_asks_the_database_as_often_for_many_goals_as_for_few(
    desk: Desk, closed: Goal, reader: Reader
) -> None:
    anna, address = reader(desk.cast.anna), f"/teams/{desk.cast.frontline.pk}"
    asked = []
    for count in (0, 40):
        for number in range(count):
            people = [desk.cast.person(desk.cast.celina)]
            desk.goal(f"{number}", teams=[desk.cast.frontline], persons=people, value=Decimal(1))
        with CaptureQueriesContext(connection) as queries:
            page = anna.get(address).content.decode()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert page.count("<section") == 25
    assert "page=2" in page
