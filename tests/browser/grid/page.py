"""A page of the tests that holds nothing but a grid in a form, and keeps what it was sent."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template import engines
from django.urls import path

from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.metrics.question import Measure
from milepost.web.goals.grid import Column, Grid, Kind, Row
from milepost.web.goals.grid_page import GridPage

MONTHS: Final = ("January", "February", "March", "April", "May", "June")
PEOPLE: Final = ("Bartek Żak", "Celina Dąbrowska", "Dawid Łoś")
PAGE: Final = """<!doctype html><html lang="{{ language }}">
<head>
<title>Targets · Milepost</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/css/app.css">
</head>
<body><main class="page"><h1>Set a target for each person and month</h1>
<form method="post">
{% csrf_token %}{% include "components/target_grid.html" %}
<p><button class="button primary">Next</button></p>
</form>
</main></body></html>"""


@dataclass
class Shown:
    """What the page shows, and the forms that it was sent."""

    grid: Grid
    sent: list[QueryDict] = field(default_factory=list)


def closed(**changes: Any) -> Grid:
    """Tickets closed by Frontline and its three people, from January to June."""
    return _grid(CLOSED.measure, changes)


def response(**changes: Any) -> Grid:
    """The same of average response times."""
    return _grid(RESPONSE.measure, changes)


def _grid(measure: Measure, changes: dict[str, Any]) -> Grid:
    people = [
        Row(f"person-{number}", name, initials=name[0], colour=number, teams=("team-1",))
        for number, name in enumerate(PEOPLE, 1)
    ]
    columns = [
        Column(ordinal, month[:3], f"{month} 2027", group=f"FY27 Q{ordinal // 3 + 1}")
        for ordinal, month in enumerate(MONTHS)
    ]
    rows = [Row("team-1", "Frontline", Kind.TEAM), *people]
    return replace(Grid(measure, rows, columns), **changes)


SHOWN: Final = Shown(closed())


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        SHOWN.sent.append(request.POST)
        SHOWN.grid = SHOWN.grid.posted(request.POST)
    grid = GridPage(SHOWN.grid, "Targets of each contributor in each month")
    context = {"grid": grid, "language": request.LANGUAGE_CODE}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


urlpatterns = [path("", page)]
