"""People and teams in the set-up: the list, a person, leaving and coming back, and files."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.account import actions as account
from milepost.history.models import Change
from milepost.people import actions
from milepost.people.models import Membership, Person, Team, User
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
PAGES = ("/setup/people", "/setup/teams", "/setup/people/export.csv")


def html(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def names(page: str) -> list[str]:
    return re.findall(r"</span>\s*<span>([^<]+)</span></a></th>", page)


@pytest.mark.parametrize("address", [*PAGES, "/setup/people/new", "/setup/people/1", "/setup/teams/1"])
def test_for_ewa_and_celina_and_bartek_there_is_nothing_here(desk: Desk, reader: Reader, address: str) -> None:
    for user in (desk.cast.ewa, desk.cast.celina, desk.cast.bartek):
        assert reader(user).get(address).status_code == 404


def test_an_observer_reads_and_changes_nothing(desk: Desk, reader: Reader) -> None:
    desk.cast.ewa.role = "observer"
    desk.cast.ewa.save()
    client, celina = reader(desk.cast.ewa), desk.cast.person(desk.cast.celina)
    assert {client.get(address).status_code for address in PAGES} == {200}
    assert client.get("/setup/people/new").status_code == 403
    assert client.post(f"/setup/people/{celina.pk}", {"name": "Other"}).status_code == 403
    assert client.post(f"/setup/people/{celina.pk}/deactivate", {"day": "2026-03-16"}).status_code == 403
    assert "Add person" not in html(client, "/setup/people")
    celina.refresh_from_db()
    assert (celina.name, celina.deactivated_at) == ("Celina", None)


def test_the_list_is_in_natural_order_and_found_without_marks(desk: Desk, reader: Reader) -> None:
    for name in ("Group 10", "Group 2", "Łucja Żak"):
        actions.create_person(name, by=None, now=NOW)
    client = reader(desk.cast.anna)
    assert names(html(client, "/setup/people")) == [
        "Bartek", "Celina", "Dawid", "Ewa", "Group 2", "Group 10", "Łucja Żak"
    ]  # fmt: skip
    assert names(html(client, "/setup/people?q=lucja+z")) == ["Łucja Żak"]
    assert "Nobody is found." in html(client, "/setup/people?q=zzz")


def test_a_long_list_has_pages_and_as_many_queries_as_a_short_one(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.anna)
    client.get("/setup/people")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/setup/people")
    for number in range(120):
        person = actions.create_person(f"Person {number}", by=None, now=NOW)
        actions.join(person, desk.cast.frontline, since=NOW, by=None, now=NOW)
    with CaptureQueriesContext(connection) as many:
        page = html(client, "/setup/people")
    assert len(many) == len(few)
    assert len(names(page)) == 50
    assert len(names(html(client, "/setup/people?page=3"))) == 24
    assert names(html(client, "/setup/people?page=many")) == names(page)


def test_a_person_is_added_and_corrected_by_hand(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.anna)
    client.post("/setup/people/new", {"name": "Filip", "email": ""})
    filip = Person.objects.get(name="Filip")
    client.post(f"/setup/people/{filip.pk}", {"name": "Filip Z.", "email": "filip@example.org"})
    page = html(client, f"/setup/people/{filip.pk}")
    assert "Filip Z." in page
    assert re.search(r"Name: <s>.*?Filip</s>.*?Filip Z\.", page)
    assert "Anna" in page


def test_memberships_may_overlap_and_have_days_and_a_lead(desk: Desk, reader: Reader) -> None:
    client, ewa = reader(desk.cast.anna), desk.cast.person(desk.cast.ewa)
    sent = {"team": desk.cast.frontline.pk, "first_day": "2026-03-01", "last_day": "2026-03-31", "leads": "on"}
    client.post(f"/setup/people/{ewa.pk}/join", sent)
    both = html(client, "/setup/people?q=ewa")
    assert "Billing, Frontline" in both
    made = Membership.objects.get(person=ewa, team=desk.cast.frontline)
    assert (made.since.isoformat(), str(made.until)) == ("2026-02-28T23:00:00+00:00", "2026-03-31 22:00:00+00:00")
    assert made.leads
    client.post(f"/setup/memberships/{made.pk}", {"first_day": "2026-03-01", "last_day": "2026-03-02"})
    assert "Billing, Frontline" not in html(client, "/setup/people?q=ewa")
    client.post(f"/setup/memberships/{made.pk}/remove")
    assert not Membership.objects.filter(pk=made.pk).exists()


def test_a_membership_that_ends_first_is_refused_beside_its_field(desk: Desk, reader: Reader) -> None:
    client, ewa = reader(desk.cast.anna), desk.cast.person(desk.cast.ewa)
    sent = {"team": desk.cast.frontline.pk, "first_day": "2026-03-02", "last_day": "2026-03-01"}
    page = client.post(f"/setup/people/{ewa.pk}/join", sent).content.decode()
    assert "The end date is before the start date." in page
    assert 'value="2026-03-02"' in page
    assert ewa.memberships.count() == 1


def test_it_is_said_what_leaving_stops_before_it_is_done(desk: Desk, reader: Reader) -> None:
    desk.goal("Closed", persons=[desk.cast.person(desk.cast.celina)], value=Decimal(30))
    client, celina = reader(desk.cast.anna), desk.cast.person(desk.cast.celina)
    address = f"/setup/people/{celina.pk}/deactivate"
    page = html(client, address)
    assert "1 target of a running period stops" in page
    assert "9 targets of periods to come are not measured" in page
    assert "ended since that day" not in page
    # February could be final on 2 March, and is left alone; within the grace it is not.
    assert "ended since that day" not in html(client, f"{address}?day=2026-02-10")
    account.change(by=None, now=NOW, grace_hours=20 * 24)
    assert "1 target of a period that ended since that day" in html(client, f"{address}?day=2026-02-10")
    celina.refresh_from_db()
    assert celina.deactivated_at is None
    client.post(address, {"day": "2026-03-10", "reason": "left"})
    assert "Deactivated since 10 Mar 2026" in html(client, f"/setup/people/{celina.pk}").replace("\xa0", " ")
    assert Change.objects.get(verb="deactivated").reason == "left"
    back = f"/setup/people/{celina.pk}/reactivate"
    assert "1 target of a running period is measured again" in html(client, back)
    assert "before they left" in client.post(back, {"day": "2026-03-01"}).content.decode()
    client.post(back, {"day": "2026-03-16"})
    celina.refresh_from_db()
    assert celina.deactivated_at is None


def test_tomorrow_is_refused_beside_the_day(desk: Desk, reader: Reader) -> None:
    celina = desk.cast.person(desk.cast.celina)
    sent = reader(desk.cast.anna).post(f"/setup/people/{celina.pk}/deactivate", {"day": "2026-03-17"})
    assert "Choose today or a day before it." in sent.content.decode()


def test_a_team_is_added_named_anew_and_shows_its_people(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.anna)
    assert "already a team called" in client.post("/setup/teams/new", {"name": "Frontline"}).content.decode()
    client.post("/setup/teams/new", {"name": "Night shift"})
    night = Team.objects.get(name="Night shift")
    assert "already a team called" in client.post(f"/setup/teams/{night.pk}", {"name": "Billing"}).content.decode()
    client.post(f"/setup/teams/{night.pk}", {"name": "Nights"})
    assert "Nobody is in this team yet." in html(client, f"/setup/teams/{night.pk}")
    assert "Celina" in html(client, f"/setup/teams/{desk.cast.frontline.pk}")
    assert names(html(client, "/setup/teams")) == ["Billing", "Frontline", "Nights"]


def uploaded(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", text if isinstance(text, bytes) else text.encode())


def test_a_file_is_shown_before_it_is_taken_over(desk: Desk, reader: Reader) -> None:
    client, text = reader(desk.cast.anna), "name,team\r\nFilip,Night shift\r\nGosia,Frontline\r\n"
    page = client.post("/setup/people/import", {"file": uploaded(text)}).content.decode()
    assert re.search(r"New people</dt><dd[^>]*>2<", page)
    assert re.search(r"New teams</dt><dd[^>]*>1<", page)
    assert not Person.objects.filter(name="Filip").exists()
    client.post("/setup/people/import", {"text": text})
    assert set(Person.objects.filter(teams__name="Night shift").values_list("name", flat=True)) == {"Filip"}


def test_a_wrong_line_is_named_and_nothing_of_the_file_is_taken(desk: Desk, reader: Reader) -> None:
    client, text = reader(desk.cast.anna), "name,email\nFilip,\nGosia,nowhere\n"
    page = client.post("/setup/people/import", {"file": uploaded(text)}).content.decode()
    assert "“nowhere” is not an e-mail address." in page
    assert '<td class="right">3</td>' in page
    assert 'name="text"' not in page
    client.post("/setup/people/import", {"text": text})
    assert not Person.objects.filter(name="Filip").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name\n\xff\xfe", "not in UTF-8"),
        (b"name\n" + b"x" * 1_000_001, "larger than 1 MB"),
        (b"who\n", "name the columns"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(desk: Desk, reader: Reader, content: bytes, why: str) -> None:
    answer = reader(desk.cast.anna).post("/setup/people/import", {"file": uploaded(content)})
    assert answer.status_code == 200
    assert why in answer.content.decode()


def test_no_name_becomes_a_formula_in_a_spreadsheet(desk: Desk, reader: Reader) -> None:
    actions.create_person('=HYPERLINK("x")', by=None, now=NOW)
    answer = reader(desk.cast.anna).get("/setup/people/export.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeffname,email,team,from,to,leads\r\n")
    assert '"\'=HYPERLINK(""x"")"' in text
    assert "Bartek,,Frontline,2026-01-01,,yes\r\n" in text


def test_html_in_a_name_is_text(desk: Desk, reader: Reader) -> None:
    person = actions.create_person("<script>alert(1)</script>", by=None, now=NOW)
    for address in ("/setup/people", f"/setup/people/{person.pk}"):
        assert "<script>alert" not in html(reader(desk.cast.anna), address)
