"""Views above the overview: those that everybody has, and those that a reader saves."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from django.test import Client

from milepost.goals.models import Goal, SavedView
from milepost.people.models import User
from tests.web.conftest import Desk, names, text

Reader = Callable[[User | None], Client]


def bar(client: Client, address: str = "/goals") -> dict[str, str]:
    """The views and where they lead."""
    page = client.get(address).content.decode()
    part = page.split('aria-label="Views"', 1)[1].split("</nav>", 1)[0]
    links = re.findall(r'href="([^"]+)"[^>]*>(.*?)</a>', part)
    return {re.sub(r"<[^>]+>", " ", name).strip(): html.unescape(address) for address, name in links}


def test_the_views_show_as_many_rows_as_they_say(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    views = bar(anna, "/goals?status=missed&from=2026-02-01&to=2026-02-28")
    assert list(views) == ["All goals", "Needs attention 1", "Ends this month 4"]
    assert names(text(anna, views["Needs attention 1"])) == {"Dawid"}
    assert names(text(anna, views["Ends this month 4"])) == {"Celina", "Dawid", "Ewa", "Frontline"}


def test_a_view_is_saved_opened_renamed_and_deleted(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post("/goals/views", {"name": "Over", "query": "from=2026-03-01&to=2026-03-31&status=exceeded"})
    views = bar(anna)
    assert views["Over"] == "/goals?status=exceeded"
    page = anna.get(views["Over"]).content.decode()
    assert 'aria-current="page">Over</a>' in page
    view = SavedView.objects.get()
    anna.post(f"/goals/views/{view.pk}", {"name": "Above", "act": "rename"})
    assert "Above" in bar(anna)
    anna.post(f"/goals/views/{view.pk}", {"act": "delete"})
    assert list(bar(anna)) == ["All goals", "Needs attention 1", "Ends this month 4"]


def test_a_view_of_this_month_is_of_the_month_in_which_it_is_opened(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post("/goals/views", {"name": "Mine", "query": "from=2026-03-01&to=2026-03-31&duration=monthly"})
    with time_machine.travel(datetime(2026, 4, 16, tzinfo=UTC), tick=False):
        anna = reader(desk.cast.anna)
        assert "April\u00a02026" in text(anna, bar(anna)["Mine"])


def test_a_view_keeps_only_what_is_understood(desk: Desk, reader: Reader) -> None:
    reader(desk.cast.anna).post("/goals/views", {"name": "Odd", "query": "status=happy&evil=1&status=missed&page=9"})
    assert SavedView.objects.get().query == "status=missed"


def test_what_is_wrong_with_a_name_is_told(desk: Desk, reader: Reader) -> None:
    answer = reader(desk.cast.anna).post("/goals/views", {"name": " "}, follow=True)
    assert "Give the view a name." in answer.content.decode()


def test_views_are_those_of_their_user(desk: Desk, reader: Reader) -> None:
    reader(desk.cast.anna).post("/goals/views", {"name": "Hers", "query": "status=missed"})
    ewa = reader(desk.cast.ewa)
    assert "Hers" not in bar(ewa)
    assert ewa.post(f"/goals/views/{SavedView.objects.get().pk}", {"act": "delete"}).status_code == 404
    assert SavedView.objects.exists()
