"""The edit panel: what it saves, what it locks, and what a second editor is told."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Goal, Target, TargetVersion
from milepost.goals.notices import Audience, Notice, usual
from milepost.history.models import Change
from milepost.people.models import User
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]
FEBRUARY, MARCH, APRIL, MAY = 1, 2, 3, 4


@pytest.fixture
def closed(desk: Desk) -> Goal:
    """30 tickets a month of Celina."""
    return desk.goal(
        "Tickets closed 2026",
        template=CLOSED.key,
        persons=[desk.cast.person(desk.cast.celina)],
        value=Decimal(30),
    )


def cell(goal: Goal, ordinal: int) -> Target:
    """Celina's target of a month."""
    return Target.objects.get(milestone__goal=goal, milestone__ordinal=ordinal)


def address(goal: Goal, ordinal: int = MARCH) -> str:
    """The panel of a month."""
    return f"/goals/{goal.pk}/edit?target={cell(goal, ordinal).pk}"


def form(goal: Goal, values: dict[int, str], **fields: Any) -> dict[str, Any]:
    """What the panel sends when it was opened now and these values were typed over."""
    goal.refresh_from_db()
    sent = {"revision": goal.revision, "since_change": Change.objects.latest("pk").pk, "reason": ""}
    for target in Target.objects.filter(milestone__goal=goal, milestone__ordinal__gte=MARCH):
        was = "" if target.value is None else str(int(target.value))
        ordinal = target.milestone.ordinal
        sent |= {f"was-{target.pk}": was, f"value-{target.pk}": values.get(ordinal, was)}
    return sent | fields


def values(goal: Goal) -> dict[int, Decimal | None]:
    """The targets of March, April and May."""
    return {ordinal: cell(goal, ordinal).value for ordinal in (MARCH, APRIL, MAY)}


def test_it_saves_several_months_at_once_with_their_reason(reader: Reader, desk: Desk, closed: Goal) -> None:
    sent = form(closed, {MARCH: "25", MAY: ""}, reason="Ill for a week")
    answer = reader(desk.cast.anna).post(address(closed), sent)
    assert answer.headers["Location"] == f"/goals/{closed.pk}"
    assert values(closed) == {MARCH: 25, APRIL: 30, MAY: None}
    assert TargetVersion.objects.filter(reason="Ill for a week").count() == 2
    assert Change.objects.filter(verb="set", reason="Ill for a week").count() == 2


def test_the_goal_is_measured_anew_at_once(reader: Reader, desk: Desk, closed: Goal) -> None:
    reader(desk.cast.anna).post(address(closed), form(closed, {APRIL: "25"}))
    assert cell(closed, MARCH).measurement.status_running == "in_progress"


def test_a_month_to_come_needs_no_reason_and_a_running_one_does(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    assert client.post(address(closed), form(closed, {APRIL: "40"})).status_code == 302
    answer = client.post(address(closed), form(closed, {MARCH: "20"}))
    assert answer.status_code == 422
    assert "Say why, so that the change can be understood." in answer.content.decode()
    assert values(closed) == {MARCH: 30, APRIL: 40, MAY: 30}


def test_the_target_of_a_month_that_has_ended_is_locked(reader: Reader, desk: Desk, closed: Goal) -> None:
    client, locked = reader(desk.cast.anna), cell(closed, FEBRUARY)
    assert f'name="value-{locked.pk}"' not in client.get(address(closed)).content.decode()
    client.post(address(closed), form(closed, {}) | {f"value-{locked.pk}": "1", "reason": "Because"})
    assert cell(closed, FEBRUARY).value == 30


def test_one_wrong_value_saves_nothing_and_loses_nothing(reader: Reader, desk: Desk, closed: Goal) -> None:
    sent = form(closed, {MARCH: "many", APRIL: "40"}, reason="Why not")
    answer = reader(desk.cast.anna).post(address(closed), sent)
    assert answer.status_code == 422
    body = answer.content.decode()
    for kept in ('value="many"', 'value="40"', "Why not", "Use a whole number of tickets, for example 120."):
        assert kept in body
    assert values(closed) == {MARCH: 30, APRIL: 30, MAY: 30}


def test_a_reason_that_is_too_long_is_refused_and_kept(reader: Reader, desk: Desk, closed: Goal) -> None:
    sent = form(closed, {MARCH: "25"}, reason="x" * 10_000)
    answer = reader(desk.cast.anna).post(address(closed), sent)
    assert answer.status_code == 422
    assert "Use 500 characters or fewer (now 10000)." in answer.content.decode()
    assert "x" * 10_000 in answer.content.decode()


def test_a_second_editor_is_told_what_changed_and_nothing_is_overwritten_or_lost(
    reader: Reader, desk: Desk, closed: Goal
) -> None:
    anna, bartek = reader(desk.cast.anna), reader(desk.cast.bartek)
    hers = form(closed, {MARCH: "28"}, reason="Fair")
    his = form(closed, {MARCH: "20", APRIL: "44"}, reason="Ill")
    assert bartek.post(address(closed), his).status_code == 302
    answer = anna.post(address(closed), hers)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "Bartek changed the target of Celina for March\u00a02026 from ≥\u00a030 to ≥\u00a020." in body
    assert "Meanwhile changed to 20." in body
    for kept in ('value="28"', "Fair"):
        assert kept in body
    # April, which Anna did not touch, is Bartek's now.
    assert 'value="44"' in body
    assert values(closed) == {MARCH: 20, APRIL: 44, MAY: 30}
    again = form(closed, {MARCH: "28"}, reason="Fair")
    assert anna.post(address(closed), again).status_code == 302
    assert values(closed) == {MARCH: 28, APRIL: 44, MAY: 30}


def test_saving_without_a_change_is_no_change(reader: Reader, desk: Desk, closed: Goal) -> None:
    revision, changes = closed.revision, Change.objects.count()
    assert reader(desk.cast.anna).post(address(closed), form(closed, {})).status_code == 302
    closed.refresh_from_db()
    assert (closed.revision, Change.objects.count()) == (revision, changes)


def test_durations_are_typed_as_everywhere(reader: Reader, desk: Desk) -> None:
    goal = desk.goal(
        "Response",
        measure=RESPONSE.measure,
        persons=[desk.cast.person(desk.cast.celina)],
        value=Decimal(3661),
    )
    sent = form(goal, {})
    april, may = cell(goal, APRIL).pk, cell(goal, MAY).pk
    shown = "1\u00a0h\u00a001\u00a0min"
    sent |= {f"value-{pk}": shown for pk in (cell(goal, one).pk for one in range(MARCH, 12))}
    sent |= {f"was-{pk}": shown for pk in (cell(goal, one).pk for one in range(MARCH, 12))}
    assert reader(desk.cast.anna).post(address(goal), sent | {f"value-{april}": "1:30"}).status_code == 302
    assert (cell(goal, APRIL).value, Target.objects.get(pk=may).value) == (Decimal(5400), Decimal(3661))


def test_notices_of_one_month_differ_from_the_goals(reader: Reader, desk: Desk, closed: Goal) -> None:
    sent = form(closed, {}) | {"notices": "own", "was-notices": "null", "notice-missed": ["person", "everybody"]}
    assert reader(desk.cast.anna).post(address(closed), sent).status_code == 302
    only = {kind.value: [Audience.PERSON.value] if kind is Notice.MISSED else [] for kind in Notice}
    assert [cell(closed, ordinal).notices for ordinal in (FEBRUARY, MARCH, APRIL)] == [None, only, None]
    closed.refresh_from_db()
    assert closed.notices == usual()
    assert Change.objects.filter(verb="notified").count() == 1


def test_they_may_hold_for_the_months_after_it_and_be_given_back(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    own = {"notices": "own", "was-notices": "null", "notice-missed": "lead", "later": "on"}
    client.post(address(closed), form(closed, {}) | own)
    assert cell(closed, 11).notices["missed"] == ["lead"]  # type: ignore[index]
    client.post(address(closed), form(closed, {}) | {"notices": "goal", "was-notices": "own"})
    assert cell(closed, MARCH).notices is None
    assert cell(closed, APRIL).notices is not None


def test_the_prorated_value_is_filled_in_but_not_saved(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    joining = {"contributors": f"person-{desk.cast.ewa.person_id}", "since": MARCH, "value": "62"}
    client.post(f"/goals/{closed.pk}/contributors", joining)
    joined = Target.objects.get(milestone__ordinal=MARCH, contributor__person=desk.cast.ewa.person)
    answer = client.post(f"/goals/{closed.pk}/edit?target={joined.pk}", {"prorate": joined.pk, "reason": "Ewa joins"})
    body = answer.content.decode()
    assert f'name="value-{joined.pk}" value="32"' in body
    assert "Ewa joins" in body
    joined.refresh_from_db()
    assert joined.value is None


def test_it_is_a_part_for_the_script_and_a_page_without(reader: Reader, desk: Desk, closed: Goal) -> None:
    client = reader(desk.cast.anna)
    whole, part = client.get(address(closed)), client.get(address(closed), headers={"HX-Request": "true"})
    assert "<h1>Tickets closed 2026</h1>" in whole.content.decode()
    assert "<edit-panel" in whole.content.decode()
    assert part.content.decode().lstrip().startswith("<edit-panel")
    assert "HX-Request" in part.headers["Vary"]
    saved = client.post(address(closed), form(closed, {APRIL: "7"}), headers={"HX-Request": "true"})
    assert saved.status_code == 204


def test_a_target_of_another_goal_is_not_there(reader: Reader, desk: Desk, closed: Goal) -> None:
    other = desk.goal("Other", persons=[desk.cast.person(desk.cast.dawid)], value=Decimal(3))
    target = cell(other, MARCH).pk
    assert reader(desk.cast.anna).get(f"/goals/{closed.pk}/edit?target={target}").status_code == 404
