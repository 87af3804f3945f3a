"""The page of a goal and of a target: who sees what, and what may be done there."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.goals import editing
from milepost.goals.editing import Edit
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Contributor, Goal, Target
from milepost.history.models import Change
from milepost.people import actions as people
from milepost.people.models import User
from milepost.sources.models import Identity, Source
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
MARCH = 2


@pytest.fixture
def closed(desk: Desk) -> Goal:
    """30 tickets a month of Celina and Dawid, and of Frontline."""
    cast = desk.cast
    goal = desk.goal(
        "Tickets closed 2026",
        template=CLOSED.key,
        persons=[cast.person(one) for one in (cast.celina, cast.dawid)],
        teams=[cast.frontline],
        value=Decimal(30),
    )
    for name, february, march in (("Celina", 31, 40), ("Dawid", 12, 3)):
        desk.measured(goal, name, 2, february)
        desk.measured(goal, name, 3, march)
    return goal


def text(client: Client, address: str) -> str:
    """What a page says, without its marks."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def cell(goal: Goal, name: str, ordinal: int = MARCH) -> Target:
    """The target of a contributor in a month."""
    found = Target.objects.filter(milestone__goal=goal, milestone__ordinal=ordinal)
    return next(one for one in found if str(one.contributor) == name)


def ease(desk: Desk, goal: Goal, name: str, value: int, *, month: int = MARCH) -> None:
    """Anna changes a target, with a reason."""
    target = cell(goal, name, month)
    goal.refresh_from_db()
    edit = Edit({target.pk: Decimal(value)}, reason="Ill for a week")
    editing.save(target.contributor, edit, seen=goal.revision, by=desk.cast.anna, now=NOW)


def test_the_page_shows_actual_over_target_with_status_and_pace(reader: Reader, desk: Desk, closed: Goal) -> None:
    page = text(reader(desk.cast.anna), f"/goals/{closed.pk}")
    assert "Celina, March 2026. Actual: 40 tickets. Target: at least 30 tickets. Exceeded." in page
    assert "Dawid, February 2026. Actual: 12 tickets. Target: at least 30 tickets. Missed." in page
    assert "Dawid, March 2026. Actual: 3 tickets. Target: at least 30 tickets. At risk." in page
    assert "Dawid, April 2026. Actual: no value. Target: at least 30 tickets. Pending." in page


def test_targets_alone_can_be_shown(reader: Reader, desk: Desk, closed: Goal) -> None:
    answer = reader(desk.cast.anna).get(f"/goals/{closed.pk}?show=targets").content.decode()
    assert '<b class="number">40</b>' not in answer
    assert "≥\u00a030" in answer


def test_a_lead_sees_his_people_an_agent_herself_and_the_team_and_others_are_counted(
    reader: Reader, desk: Desk, closed: Goal
) -> None:
    assert "Dawid," in text(reader(desk.cast.bartek), f"/goals/{closed.pk}")
    page = text(reader(desk.cast.celina), f"/goals/{closed.pk}")
    assert "Celina," in page
    assert "Dawid" not in page
    assert "1 other, whose results you may not see." in page
    assert "Edit goal" not in page


def test_ewa_finds_no_row_of_frontlines_people_and_nothing_to_change(reader: Reader, desk: Desk, closed: Goal) -> None:
    ewa = reader(desk.cast.ewa)
    page = text(ewa, f"/goals/{closed.pk}")
    assert "Celina" not in page
    assert "Frontline," in page
    target = cell(closed, "Celina")
    assert ewa.get(f"/goals/{closed.pk}/2026-03-01/{target.contributor_id}").status_code == 404
    for part in ("details", "contributors", "pipelines", f"edit?target={target.pk}"):
        assert ewa.get(f"/goals/{closed.pk}/{part}").status_code == 403
    for part in ("archive", f"edit?target={target.pk}"):
        assert ewa.post(f"/goals/{closed.pk}/{part}").status_code == 403


def test_a_goal_without_a_visible_row_is_not_there(reader: Reader, desk: Desk) -> None:
    goal = desk.goal("Celina alone", persons=[desk.cast.person(desk.cast.celina)], value=Decimal(9))
    ewa = reader(desk.cast.ewa)
    for part in ("", "/details", "/contributors", "/pipelines", "/edit"):
        assert ewa.get(f"/goals/{goal.pk}{part}").status_code == 404
    assert ewa.post(f"/goals/{goal.pk}/duplicate", {"key": str(uuid4())}).status_code == 404


def test_many_rows_and_changes_ask_the_database_as_often_as_few(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    addresses = (
        f"/goals/{closed.pk}",
        f"/goals/{closed.pk}/2026-03-01/{cell(closed, 'Celina').contributor_id}",
        f"/goals/{closed.pk}/edit?target={cell(closed, 'Celina').pk}",
    )
    ease(desk, closed, "Celina", 29)
    client.post(f"/goals/{closed.pk}/contributors", {"contributors": f"team-{desk.cast.billing.pk}", "since": "2"})

    def counted() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        return counts

    few = counted()
    joining = [f"person-{one.person_id}" for one in (desk.cast.ewa, desk.cast.bartek)]
    client.post(f"/goals/{closed.pk}/contributors", {"contributors": joining, "since": "2"})
    for value in range(20, 28):
        ease(desk, closed, "Dawid", value)
    assert closed.contributors.count() == 6
    assert counted() == few


def test_a_target_made_easier_while_it_ran_is_tagged(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    ease(desk, closed, "Celina", 45)
    assert "Adjusted" not in text(client, f"/goals/{closed.pk}")
    ease(desk, closed, "Celina", 25)
    assert "Adjusted" in text(client, f"/goals/{closed.pk}")


def test_who_left_is_said_with_the_day(reader: Reader, desk: Desk, closed: Goal) -> None:
    left = datetime(2026, 3, 9, 12, tzinfo=UTC)
    people.deactivate(desk.cast.person(desk.cast.dawid), by=None, now=left)
    assert "Stopped on 9 Mar 2026" in text(reader(desk.cast.anna), f"/goals/{closed.pk}")


def test_a_cell_without_a_target_says_not_set(reader: Reader, desk: Desk) -> None:
    goal = desk.goal("No targets", persons=[desk.cast.person(desk.cast.celina)])
    assert "not set" in text(reader(desk.cast.anna), f"/goals/{goal.pk}")


def test_every_change_is_told_with_who_what_when_and_why(reader: Reader, desk: Desk, closed: Goal) -> None:
    ease(desk, closed, "Celina", 25)
    page = text(reader(desk.cast.anna), f"/goals/{closed.pk}")
    sentence = "Anna changed the target of Celina for March 2026 from ≥ 30 to ≥ 25."
    assert sentence in page
    assert "Mon 16 Mar 2026, 12:00 · Reason: Ill for a week" in page
    assert "Anna created the goal." in page
    assert sentence in text(reader(desk.cast.celina), f"/goals/{closed.pk}")
    assert sentence not in text(reader(desk.cast.dawid), f"/goals/{closed.pk}")


def test_changes_come_in_pages(reader: Reader, desk: Desk, closed: Goal) -> None:
    for value in range(1, 22):
        ease(desk, closed, "Celina", value)
    client = reader(desk.cast.anna)
    assert "Anna created the goal." not in text(client, f"/goals/{closed.pk}")
    assert "Anna created the goal." in text(client, f"/goals/{closed.pk}?page=2")


def test_the_page_of_a_target_has_figures_a_chart_and_a_table(reader: Reader, desk: Desk, closed: Goal) -> None:
    target = cell(closed, "Dawid")
    for day, count in ((10, 1), (16, 3)):
        target.snapshots.create(day=f"2026-03-{day}", numerator=count, denominator=1, sample=count, measured_at=NOW)
    client = reader(desk.cast.anna)
    address = f"/goals/{closed.pk}/2026-03-01/{target.contributor_id}"
    page = text(client, address)
    for told in (
        "So far 3",
        "12 behind pace",
        "1.7 a day",
        "27 to go in 16 days, today included.",
        "by progress, not by chance",
    ):
        assert told in page
    assert "10 Mar 2026 1 " in page
    body = client.get(address).content.decode()
    assert '<path class="line"' in body
    assert 'style="' not in body


@pytest.mark.parametrize("address", ["2026-03-02/{one}", "never/{one}", "2026-03-01/999999"])
def test_what_is_no_target_is_not_there(reader: Reader, desk: Desk, closed: Goal, address: str) -> None:
    part = address.format(one=cell(closed, "Dawid").contributor_id)
    assert reader(desk.cast.anna).get(f"/goals/{closed.pk}/{part}").status_code == 404


def test_name_and_note_change_with_history(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    answer = client.post(
        f"/goals/{closed.pk}/details", {"name": "<b>Closed</b>", "note": "Be kind", "revision": closed.revision}
    )
    assert answer.status_code == 302
    page = client.get(f"/goals/{closed.pk}").content.decode()
    assert "<b>Closed</b>" not in page
    assert "Anna renamed the goal from “Tickets closed 2026” to “&lt;b&gt;Closed&lt;/b&gt;”." in page
    assert "Anna wrote the note “Be kind”." in page


def test_a_second_editor_of_the_name_is_told_and_keeps_what_she_typed(reader: Reader, desk: Desk, closed: Goal) -> None:
    client, seen = reader(desk.cast.anna), closed.revision
    newest = Change.objects.latest("pk").pk
    ease(desk, closed, "Celina", 25)
    form = {"name": "Mine", "note": "", "revision": seen, "since_change": newest}
    answer = client.post(f"/goals/{closed.pk}/details", form)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "This goal was changed while you were editing it." in body
    assert "Anna changed the target of Celina" in body
    assert 'value="Mine"' in body
    closed.refresh_from_db()
    assert closed.name == "Tickets closed 2026"
    assert client.post(f"/goals/{closed.pk}/details", form | {"revision": closed.revision}).status_code == 302


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": ""}, "Give the goal a name."),
        ({"name": "x" * 10_000}, "Use 80 characters or fewer (now 10000)."),
        ({"note": "x" * 300}, "Use 280 characters or fewer (now 300)."),
    ],
)
def test_what_is_wrong_with_name_and_note_is_said_beside_it(
    reader: Reader, desk: Desk, closed: Goal, form: dict[str, str], told: str
) -> None:
    answer = reader(desk.cast.anna).post(f"/goals/{closed.pk}/details", form | {"revision": closed.revision})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_the_next_year_is_made_with_one_press_and_once(reader: Reader, desk: Desk, closed: Goal) -> None:
    client, key = reader(desk.cast.anna), str(uuid4())
    for _press in range(2):
        answer = client.post(f"/goals/{closed.pk}/duplicate", {"key": key})
        assert answer.status_code == 302
    copy = Goal.objects.exclude(pk=closed.pk).get()
    assert (copy.name, copy.first_day.isoformat(), copy.milestones.count()) == ("Tickets closed 2027", "2027-01-01", 12)
    assert cell(copy, "Dawid", 11).value == 30
    assert "Tickets closed 2027" in text(client, str(answer.headers["Location"]))


def test_an_archived_goal_is_still_read_but_not_changed(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    assert client.post(f"/goals/{closed.pk}/archive").status_code == 302
    page = text(client, f"/goals/{closed.pk}")
    assert "Anna archived the goal." in page
    assert "Add contributors" not in page
    form = {"name": "Later", "note": "", "revision": closed.revision}
    assert client.post(f"/goals/{closed.pk}/details", form).status_code == 409


@pytest.fixture
def pipelines(db: None) -> None:
    """A help desk with two pipelines."""
    source = Source.objects.create(slug="desk", name="Help desk", make=Source.Make.FILE, connected_at=NOW)
    for number, key in enumerate(("Support", "Invoices"), 1):
        Identity.objects.create(source=source, kind=Identity.Kind.PIPELINE, key=key, number=number)


def test_pipelines_change_with_a_preview_and_a_reason(
    reader: Reader, desk: Desk, closed: Goal, pipelines: None
) -> None:
    client, address = reader(desk.cast.anna), f"/goals/{closed.pk}/pipelines"
    celina = cell(closed, "Celina").contributor_id
    form = {"contributor": celina, "since": MARCH, "pipelines": ["Invoices"], "revision": closed.revision}
    preview = client.post(address, form).content.decode()
    assert "all pipelines → Invoices" in preview
    assert cell(closed, "Celina").pipelines == []
    refused = client.post(address, form | {"save": ""})
    assert refused.status_code == 422
    assert "Say why, so that the change can be understood." in refused.content.decode()
    assert client.post(address, form | {"save": "", "reason": "Invoices only"}).status_code == 302
    assert [cell(closed, "Celina", month).pipelines for month in (1, 2, 11)] == [[], ["Invoices"], ["Invoices"]]
    assert cell(closed, "Dawid").pipelines == []
    told = "Anna changed the pipelines of Celina from 1 Mar 2026 on: from all pipelines to Invoices."
    assert told in text(client, f"/goals/{closed.pk}")


def test_a_preview_leaves_nothing_behind(reader: Reader, desk: Desk, closed: Goal, pipelines: None) -> None:
    before = cell(closed, "Celina").measurement.measured_at
    form = {"since": MARCH, "pipelines": ["Support"]}
    reader(desk.cast.anna).post(f"/goals/{closed.pk}/pipelines", form)
    assert cell(closed, "Celina").measurement.measured_at == before
    assert Change.objects.filter(verb="moved").count() == 0


def test_a_pipeline_that_nobody_has_is_refused(reader: Reader, desk: Desk, closed: Goal, pipelines: None) -> None:
    form = {"since": 5, "pipelines": ["Never"], "save": "", "revision": closed.revision}
    answer = reader(desk.cast.anna).post(f"/goals/{closed.pk}/pipelines", form)
    assert answer.status_code == 422
    assert "There is no pipeline called “Never”." in answer.content.decode()


def test_who_joins_in_the_running_month_has_no_row_before_it(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    form = {"contributors": [f"person-{desk.cast.ewa.person_id}"], "since": MARCH, "value": "62"}
    assert client.post(f"/goals/{closed.pk}/contributors", form).status_code == 302
    ewa = Contributor.objects.get(goal=closed, person=desk.cast.ewa.person)
    values = list(ewa.targets.order_by("milestone__ordinal").values_list("milestone__ordinal", "value"))
    assert values == [(MARCH, None), *((month, Decimal(62)) for month in range(3, 12))]
    assert "Anna added Ewa from 1 Mar 2026 on." in text(client, f"/goals/{closed.pk}")
    panel = client.get(f"/goals/{closed.pk}/edit?target={cell(closed, 'Ewa').pk}").content.decode()
    assert "For the days left: 62 × 16 ÷ 31 = 32." in panel


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"since": "2"}, "Add at least one person or team."),
        ({"since": "0", "contributors": "ewa"}, "Choose the period from which on they contribute."),
        ({"since": "2", "contributors": "ewa", "value": "x"}, "Use a whole number of tickets, for example 120."),
        ({"since": "2", "contributors": "ewa", "value": "0"}, "A target of 0 cannot be reached or missed."),
    ],
)
def test_what_is_wrong_with_joining_is_said(
    reader: Reader, desk: Desk, closed: Goal, form: dict[str, str], told: str
) -> None:
    sent = {key: f"person-{desk.cast.ewa.person_id}" if value == "ewa" else value for key, value in form.items()}
    answer = reader(desk.cast.anna).post(f"/goals/{closed.pk}/contributors", sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert closed.contributors.count() == 3
