"""Pages of results that are provisional, final and reopened. February 2026 ended on 1 March; now it is 16 March."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from milepost.goals.models import Goal, Target
from milepost.people.models import User
from milepost.progress import measure
from milepost.progress.models import Verdict
from milepost.sources import sync
from milepost.sources.models import Identity, Source
from tests.web.conftest import NOW, Desk, text

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
Reader = Callable[[User | None], Client]


@pytest.fixture
def source(desk: Desk, closed: Goal) -> Source:
    """A help desk in which everybody has a name; it was read until the middle of February."""
    source = Source.objects.create(
        slug="desk",
        name="Help desk",
        make=Source.Make.FILE,
        connected_at=NOW,
        complete_from=datetime(2025, 12, 31, tzinfo=UTC),
        complete_until=MARCH - timedelta(days=14),
    )
    persons = [desk.cast.person(one) for one in (desk.cast.celina, desk.cast.dawid, desk.cast.ewa)]
    for number, person in enumerate(persons, 1):
        Identity.objects.create(source=source, kind="agent", key=person.name, number=number, person=person)
    return source


def refresh() -> None:
    """What the job does."""
    measure.refresh(store=sync.store(), now=NOW)


def february(goal: Goal, name: str) -> str:
    """The page of a contributor's February."""
    rows = Target.objects.filter(contributor__goal=goal, milestone__first_day__month=2)
    contributor = next(one.contributor_id for one in rows if str(one.contributor) == name)
    return f"/goals/{goal.pk}/2026-02-01/{contributor}"


def test_a_milestone_that_has_ended_is_provisional_and_says_what_it_waits_for(
    desk: Desk, closed: Goal, source: Source, reader: Reader
) -> None:
    refresh()
    page = text(reader(desk.cast.anna), february(closed, "Celina"))
    assert "Waiting for Help desk, which has not been read past Sun\u00a01\u00a0Mar\u00a02026,\u00a000:00." in page
    assert "Finalise" in page
    assert "Finalise" not in text(reader(desk.cast.celina), february(closed, "Celina"))


def test_once_read_it_is_final_and_later_renewals_add_no_verdict(
    desk: Desk, closed: Goal, source: Source, reader: Reader
) -> None:
    Source.objects.update(complete_until=NOW)
    refresh()
    refresh()
    assert "Final since Mon\u00a016\u00a0Mar\u00a02026,\u00a012:00." in text(
        reader(desk.cast.anna), february(closed, "Celina")
    )
    assert Verdict.objects.filter(target__milestone__first_day__month=2).count() == 4


def test_a_milestone_that_waits_is_finalised_with_a_reason(
    desk: Desk, closed: Goal, source: Source, reader: Reader
) -> None:
    refresh()
    anna, address = reader(desk.cast.anna), f"/goals/{closed.pk}/2026-02-01/finalise"
    assert "Help desk" in text(anna, address)
    assert anna.post(address, {"reason": ""}).status_code == 422
    answer = anna.post(address, {"reason": "The old desk is switched off."}, follow=True)
    assert "4 results are final." in answer.content.decode()
    assert anna.post(address, {"reason": "again"}).status_code == 422
    assert Verdict.objects.filter(target__milestone__first_day__month=2).count() == 4


def test_who_may_not_reopen_is_refused_and_who_may_not_see_finds_nothing(
    desk: Desk, closed: Goal, source: Source, reader: Reader
) -> None:
    Source.objects.update(complete_until=NOW)
    refresh()
    celinas, ewas = february(closed, "Celina"), february(closed, "Ewa")
    for act in ("reopen", "finalise"):
        assert reader(desk.cast.celina).get(f"{celinas}/{act}").status_code == 403
        assert reader(desk.cast.celina).get(f"{ewas}/{act}").status_code == 403
        assert reader(desk.cast.anna).get(f"/goals/{closed.pk + 99}/2026-02-01/1/{act}").status_code == 404
    assert reader(desk.cast.anna).get(f"/goals/{closed.pk}/2020-02-01/finalise").status_code == 404
    # Bartek leads Frontline, but the goal is Ewa's of Billing too.
    assert reader(desk.cast.bartek).post(f"{celinas}/reopen", {"reason": "x"}).status_code == 403


def test_the_overview_tells_provisional_from_final_and_finds_them(
    desk: Desk, closed: Goal, source: Source, reader: Reader
) -> None:
    anna, february_only = reader(desk.cast.anna), "/goals?from=2026-02-01&to=2026-02-28"
    refresh()
    assert text(anna, february_only).count(" Waiting for Help desk ") == 4
    assert " Celina " in text(anna, f"{february_only}&tag=provisional")
    Source.objects.update(complete_until=NOW)
    refresh()
    assert text(anna, february_only).count(" Final ") == 4
    assert "No goals" not in text(anna, february_only)
    assert " Celina " not in text(anna, f"{february_only}&tag=provisional").partition(" Contributor ")[2]


def test_an_export_says_what_is_final(desk: Desk, closed: Goal, source: Source, reader: Reader) -> None:
    Source.objects.update(complete_until=NOW)
    refresh()
    answer: Any = reader(desk.cast.anna).get("/goals/export.csv?from=2026-02-01&to=2026-02-28")
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert rows[0].endswith("Standing,With later changes")
    assert all(",Final," in row for row in rows[1:])
