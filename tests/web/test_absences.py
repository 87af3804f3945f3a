"""Absences: who sees and enters them, what they do to the pace, and prorating a target for them."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.goals.models import Goal, Target
from milepost.history.models import Change
from milepost.notifications import edits
from milepost.people import absences
from milepost.people.models import Absence, Person, User
from milepost.people.roles import Role
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]
WEEK = {"first_day": "2026-03-23", "last_day": "2026-03-27"}


def of(person: Person) -> str:
    return f"/absences/of/{person.pk}"


def away(person: Person, first: date = date(2026, 3, 23), last: date = date(2026, 3, 27)) -> Absence:
    return absences.add(person, first, last, by=None, now=NOW)


def place(goal: Goal, name: str, month: int = 3) -> tuple[str, Target]:
    """The page of a target, and the target."""
    found = Target.objects.filter(milestone__goal=goal, milestone__first_day__month=month).select_related("milestone")
    target = next(one for one in found if str(one.contributor) == name)
    return f"/goals/{goal.pk}/2026-{month:02}-01/{target.contributor_id}", target


def test_anna_enters_an_absence_and_everybody_concerned_sees_it(desk: Desk, reader: Reader) -> None:
    celina = desk.cast.person(desk.cast.celina)
    answer = reader(desk.cast.anna).post(of(celina), WEEK)
    assert answer.headers["Location"] == of(celina)
    for user in (desk.cast.anna, desk.cast.bartek, desk.cast.celina):
        assert "23–27 Mar" in text(reader(user), of(celina)).replace("\xa0", " ")
    assert Change.objects.get(thing_kind="absence").after == {"since": "2026-03-23", "last_day": "2026-03-27"}


def test_ewa_of_billing_and_an_observer_find_nothing_of_celina(desk: Desk, reader: Reader) -> None:
    absence = away(desk.cast.person(desk.cast.celina))
    celina = desk.cast.person(desk.cast.celina)
    for role in (Role.AGENT, Role.LEAD, Role.VIEWER, Role.OBSERVER):
        User.objects.filter(pk=desk.cast.ewa.pk).update(role=role)
        client = reader(User.objects.get(pk=desk.cast.ewa.pk))
        assert client.get(of(celina)).status_code == 404
        assert client.post(of(celina), WEEK).status_code == 404
        for act in ("", "/remove", "/undo"):
            assert client.post(f"/absences/{absence.pk}{act}", WEEK).status_code == 404
        assert "Celina" not in text(client, "/absences")
    assert Absence.objects.filter(removed_at__isnull=True).count() == 1


def test_celina_sees_her_own_and_changes_nothing(desk: Desk, reader: Reader) -> None:
    celina, client = desk.cast.person(desk.cast.celina), reader(desk.cast.celina)
    absence = away(celina)
    assert "Enter an absence" not in text(client, of(celina))
    assert client.post(of(celina), WEEK).status_code == 403
    assert client.post(f"/absences/{absence.pk}/remove").status_code == 403
    assert client.get("/absences/import").status_code == 404


def test_an_administrator_enters_absences_of_everybody_and_a_lead_those_of_the_team(desk: Desk, reader: Reader) -> None:
    ewa, dawid = desk.cast.person(desk.cast.ewa), desk.cast.person(desk.cast.dawid)
    assert reader(desk.cast.bartek).post(of(dawid), WEEK).status_code == 302
    assert reader(desk.cast.bartek).post(of(ewa), WEEK).status_code == 404
    User.objects.filter(pk=desk.cast.anna.pk).update(role=Role.ADMIN)
    assert reader(User.objects.get(pk=desk.cast.anna.pk)).post(of(ewa), WEEK).status_code == 302


def test_an_absence_is_corrected_removed_and_brought_back(desk: Desk, reader: Reader) -> None:
    celina, client = desk.cast.person(desk.cast.celina), reader(desk.cast.anna)
    absence = away(celina)
    client.post(f"/absences/{absence.pk}", {"first_day": "2026-03-24", "last_day": "2026-03-24"})
    absence.refresh_from_db()
    assert (absence.first_day, absence.last_day) == (date(2026, 3, 24), date(2026, 3, 24))
    page = client.post(f"/absences/{absence.pk}/remove").content.decode()
    assert f'action="/absences/{absence.pk}/undo"' in page
    assert "No absence is known." in page
    client.post(f"/absences/{absence.pk}/undo")
    assert "24 Mar" in text(client, of(celina)).replace("\xa0", " ")
    verbs = Change.objects.filter(thing_kind="absence").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "changed", "removed", "brought back"]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"first_day": "2026-03-24", "last_day": "2026-03-23"}, "The end date is before the start date."),
        ({"first_day": "2026-03-24", "last_day": "2036-03-23"}, "Choose three years or less."),
        (WEEK, "This absence of Celina is there already."),
        ({"first_day": "soon", "last_day": ""}, "Enter a valid date."),
    ],
)
def test_what_is_no_absence_is_refused_beside_its_field(
    desk: Desk, reader: Reader, days: dict[str, str], why: str
) -> None:
    celina = desk.cast.person(desk.cast.celina)
    away(celina)
    assert why in reader(desk.cast.anna).post(of(celina), days).content.decode()
    assert Absence.objects.count() == 1


def test_a_file_is_shown_first_and_taken_as_a_whole_or_not_at_all(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.bartek)
    good, wrong = "name,from,to\nCelina,2026-03-23,2026-03-27\nDawid,2026-04-01,\n", "Ewa,2026-04-01,\n"
    sent = {"file": SimpleUploadedFile("absences.csv", (good + wrong).encode())}
    page = client.post("/absences/import", sent).content.decode()
    # Bartek does not lead Ewa: to him she is not there.
    assert "There is nobody called “Ewa”." in page
    client.post("/absences/import", {"text": good + wrong})
    assert not Absence.objects.exists()
    page = client.post("/absences/import", {"file": SimpleUploadedFile("a.csv", good.encode())}).content.decode()
    assert re.search(r"New absences</dt><dd[^>]*>2<", page)
    assert not Absence.objects.exists()
    client.post("/absences/import", {"text": good})
    client.post("/absences/import", {"text": good})
    assert list(Absence.objects.values_list("person__name", "after_day")) == [
        ("Celina", date(2026, 3, 28)),
        ("Dawid", date(2026, 4, 2)),
    ]


def test_the_list_asks_as_often_for_many_absences_as_for_few(desk: Desk, reader: Reader) -> None:
    client, celina = reader(desk.cast.anna), desk.cast.person(desk.cast.celina)
    away(celina)
    few = queries(client, "/absences", of(celina))
    for day in range(1, 29):
        away(celina, date(2026, 5, day), date(2026, 5, day))
        away(desk.cast.person(desk.cast.dawid), date(2026, 6, day), date(2026, 6, day))
    assert queries(client, "/absences", of(celina)) == few


def queries(client: Client, *addresses: str) -> int:
    """How often these pages ask the database."""
    with CaptureQueriesContext(connection) as captured:
        for address in addresses:
            assert client.get(address).status_code == 200
    return len(captured)


def test_the_page_of_a_goal_asks_as_often_with_absences_of_many_as_of_one(
    desk: Desk, reader: Reader, closed: Goal
) -> None:
    client, (address, _target) = reader(desk.cast.anna), place(closed, "Celina")
    away(desk.cast.person(desk.cast.celina))
    few = queries(client, f"/goals/{closed.pk}", address, "/goals")
    for user in (desk.cast.celina, desk.cast.dawid, desk.cast.ewa):
        away(desk.cast.person(user), date(2026, 3, 2), date(2026, 3, 3))
    assert queries(client, f"/goals/{closed.pk}", address, "/goals") == few


def test_a_target_beside_an_absence_is_offered_prorated_and_set_by_one_click(
    desk: Desk, reader: Reader, closed: Goal
) -> None:
    away(desk.cast.person(desk.cast.celina))
    client, (address, target) = reader(desk.cast.anna), place(closed, "Celina")
    # 5 of 31 days, since no working hours are set: 30 × 26 ÷ 31 = 25.16.
    arithmetic = "5 of 31 days absent: 30 × 26 ÷ 31 = 25.2, rounded to 25."
    assert arithmetic in text(client, address)
    target.refresh_from_db()
    assert target.value == 30
    closed.refresh_from_db()
    client.post(f"{address}/prorate", {"value": "25", "revision": closed.revision})
    target.refresh_from_db()
    assert target.value == 25
    change = Change.objects.get(thing_kind="target", verb="set", thing_id=str(target.pk))
    assert (change.actor_name, change.reason) == ("Anna", arithmetic)
    assert [one.target.pk for one in edits.unheard(since=NOW, now=NOW)] == [target.pk]
    page = text(client, address)
    assert "5 of 31 days absent." in page
    assert "Set the target to" not in page


def test_a_prorated_target_follows_the_whole_it_is_a_share_of(desk: Desk, reader: Reader, closed: Goal) -> None:
    absence = away(desk.cast.person(desk.cast.celina))
    client, (address, target) = reader(desk.cast.anna), place(closed, "Celina")
    for value, months_absence in (("25", None), ("20", (date(2026, 3, 9), date(2026, 3, 13)))):
        if months_absence:
            away(desk.cast.person(desk.cast.celina), *months_absence)
        closed.refresh_from_db()
        client.post(f"{address}/prorate", {"value": value, "revision": closed.revision})
        target.refresh_from_db()
        assert str(int(target.value or 0)) == value
    for one in (absence, Absence.objects.exclude(pk=absence.pk).get()):
        absences.remove(one, by=None, now=NOW)
    assert "No absence is left in this period: 30 again." in text(client, address)


def test_an_offer_that_is_no_longer_true_is_not_taken(desk: Desk, reader: Reader, closed: Goal) -> None:
    absence = away(desk.cast.person(desk.cast.celina))
    client, (address, target) = reader(desk.cast.anna), place(closed, "Celina")
    assert client.post(f"{address}/prorate", {"value": "24", "revision": closed.revision}).status_code == 302
    assert client.post(f"{address}/prorate", {"value": "25", "revision": 10_000}).status_code == 302
    absences.remove(absence, by=None, now=NOW)
    client.post(f"{address}/prorate", {"value": "25", "revision": closed.revision})
    target.refresh_from_db()
    assert target.value == 30
    assert client.post("/goals/999/2026-03-01/1/prorate", {"value": "25"}).status_code == 404


def test_whoever_only_sees_a_target_is_offered_nothing_and_cannot_take_it(
    desk: Desk, reader: Reader, closed: Goal
) -> None:
    away(desk.cast.person(desk.cast.celina))
    client, (address, target) = reader(desk.cast.celina), place(closed, "Celina")
    page = text(client, address)
    assert "5 of 31 days absent." in page
    assert "Set the target to" not in page
    assert client.post(f"{address}/prorate", {"value": "25", "revision": closed.revision}).status_code == 403
    target.refresh_from_db()
    assert target.value == 30


def test_a_team_and_a_month_that_has_ended_are_not_prorated(desk: Desk, reader: Reader, closed: Goal) -> None:
    away(desk.cast.person(desk.cast.celina))
    away(desk.cast.person(desk.cast.celina), date(2026, 2, 2), date(2026, 2, 13))
    client = reader(desk.cast.anna)
    for name, month in (("Frontline", 3), ("Celina", 2)):
        assert "Set the target to" not in text(client, place(closed, name, month)[0])


def test_the_panel_offers_it_too_and_fills_in_the_reason(desk: Desk, reader: Reader, closed: Goal) -> None:
    away(desk.cast.person(desk.cast.celina))
    client, (_address, target) = reader(desk.cast.anna), place(closed, "Celina")
    panel = f"/goals/{closed.pk}/edit?target={target.pk}"
    page = client.post(panel, {"prorate": str(target.pk)}).content.decode()
    assert f'name="value-{target.pk}" value="25"' in page
    assert "5 of 31 days absent: 30 × 26 ÷ 31 = 25.2, rounded to 25.</textarea>" in page
    target.refresh_from_db()
    assert target.value == 30
    closed.refresh_from_db()
    sent = {f"value-{target.pk}": "25", f"was-{target.pk}": "30", "reason": "absent", "revision": closed.revision}
    client.post(panel, sent)
    version = target.versions.last()
    assert version is not None
    assert [version.value, version.whole] == [Decimal(25), Decimal(30)]


def test_what_is_needed_leaves_the_days_of_absence_out(desk: Desk, reader: Reader, closed: Goal) -> None:
    client, (address, _target) = reader(desk.cast.anna), place(closed, "Dawid")
    assert "27 to go in 16 days, today included." in text(client, address)
    away(desk.cast.person(desk.cast.dawid))
    assert "27 to go in 11 days." in text(client, address)
    away(desk.cast.person(desk.cast.dawid), date(2026, 3, 16), date(2026, 3, 31))
    assert "27 to go, and no working day is left to do it on." in text(client, address)


def test_of_whoever_is_absent_all_month_nothing_is_expected(desk: Desk, reader: Reader, closed: Goal) -> None:
    away(desk.cast.person(desk.cast.dawid), date(2026, 2, 1), date(2026, 4, 30))
    page = text(reader(desk.cast.anna), place(closed, "Dawid")[0])
    assert "Absent on every working day of the period, so nothing is expected." in page
    assert "Set the target to" not in page
