"""E-mail: what leaves together, when it leaves, in which language, and how it is stopped. The server is a real one."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from email.message import EmailMessage

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.notifications import preferences, sending, unsubscribe
from milepost.notifications.models import Delivery, Notice
from milepost.notifications.sending import ChannelFailed
from milepost.notifications.unsubscribe import Mailing
from tests.mail_server import MailServer, mail_server
from tests.notifications.conftest import House


@pytest.fixture
def post(settings: Settings) -> Iterator[MailServer]:
    """A mail server on this machine."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        settings.DEFAULT_FROM_EMAIL = "Milepost <milepost@example.org>"
        settings.ADDRESS = "https://goals.example.org"
        yield server


def sends(house: House) -> int:
    """Send what is due; how much left."""
    return sending.send_mail(clock=lambda: house.now, stopped=lambda: False).sent


def body(letter: EmailMessage, kind: str = "plain") -> str:
    """One of its two bodies."""
    part = letter.get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_what_comes_up_within_half_an_hour_leaves_in_one_letter(house: House, post: MailServer) -> None:
    target = house.target(house.goal())
    house.looks()
    house.pass_(minutes=29)
    house.stands(target, 9, pace=Pace.AT_RISK)
    house.looks()
    assert sends(house) == 0
    house.pass_(minutes=1)
    assert sends(house) == 1
    (letter,) = post.letters
    assert letter["To"] == "celina@example.org"
    assert letter["Subject"].strip() == "2 notices about your goals"
    assert "Behind pace: Celina, “Tickets closed 2026”" in body(letter)
    assert "Tickets closed 2026, March 2026: 9, target ≥ 30. Pace: At risk." in body(letter)
    assert "https://goals.example.org/goals/" in body(letter)
    assert sends(house) == 0


def test_a_letter_has_text_and_html_without_pictures_and_says_why_it_comes(house: House, post: MailServer) -> None:
    house.goal("Closed <b>fast</b> & well")
    house.looks()
    house.pass_(minutes=30)
    sends(house)
    (letter,) = post.letters
    html = body(letter, "html")
    assert "Closed &lt;b&gt;fast&lt;/b&gt; &amp; well" in html
    assert not re.search(r"<img|<script|url\(|src=", html)
    assert "You get this because it is your goal" in body(letter)
    assert letter["Auto-Submitted"] == "auto-generated"


def test_at_night_nothing_leaves_and_in_the_morning_all_of_it_in_one(house: House, post: MailServer) -> None:
    house.pass_(hours=10)
    target = house.target(house.goal())
    house.looks()
    house.pass_(hours=5)
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    house.now = datetime.fromisoformat("2026-03-17T06:59:00+00:00")
    assert sends(house) == 0
    house.pass_(minutes=1)
    assert sends(house) == 2
    assert sorted(letter["Subject"].strip() for letter in post.letters) == [
        "2 notices about your goals",
        "Target achieved: Celina, “Tickets closed 2026”",
    ]


def test_a_person_may_be_quiet_on_the_clocks_of_another_zone(house: House, post: MailServer) -> None:
    preferences.change(house.cast.celina, now=house.now, zone="America/New_York", quiet_until=time(9))
    house.goal()
    house.looks()
    house.pass_(hours=1, minutes=59)
    assert sends(house) == 0
    # 13:00 in Greenwich is nine in New York, whose clocks have gone forward already.
    house.pass_(minutes=1)
    assert sends(house) == 1


def test_what_is_no_news_any_more_is_not_sent(house: House, post: MailServer) -> None:
    target = house.target(house.goal())
    house.stands(target, 9, pace=Pace.AT_RISK)
    house.looks()
    house.pass_(days=8)
    assert sends(house) == 1
    # That the milestone began is news as long as it runs; the pace of a week only in that week.
    assert post.letters[0]["Subject"].strip() == "The goal starts: Celina, “Tickets closed 2026”"
    assert Notice.objects.count() == 2


def test_a_letter_is_in_the_language_of_its_reader(house: House, post: MailServer) -> None:
    preferences.change(house.cast.celina, now=house.now, language="pl")
    house.goal()
    house.looks()
    house.pass_(minutes=30)
    sends(house)
    assert 'lang="pl"' in body(post.letters[0], "html")
    assert "marzec 2026" in body(post.letters[0])


def test_results_of_one_person_are_mailed_to_the_person_and_the_lead_alone(house: House, post: MailServer) -> None:
    goal = house.goal()
    goal.notices = {"kickoff": ["person", "lead", "manager"]}
    goal.save()
    house.looks()
    house.pass_(minutes=30)
    assert sends(house) == 2
    assert {letter["To"] for letter in post.letters} == {"celina@example.org", "bartek@example.org"}
    assert ("Anna", "kickoff") in house.told()


def test_a_letter_that_could_not_be_sent_comes_later_with_the_same_id(house: House, post: MailServer) -> None:
    house.goal()
    house.looks()
    house.pass_(minutes=30)
    post.answer = "451 come again"
    assert sends(house) == 0
    (waiting,) = Delivery.objects.all()
    assert (waiting.attempts, waiting.error) == (1, "SMTPDataError 451")
    assert sends(house) == 0
    post.answer = "250 taken"
    house.pass_(minutes=5)
    assert sends(house) == 1
    assert post.letters[0]["Message-ID"] == f"<{waiting.message_id}@goals.example.org>"


def test_what_comes_up_after_a_first_try_leaves_in_a_letter_of_its_own(house: House, post: MailServer) -> None:
    target = house.target(house.goal())
    house.looks()
    house.pass_(minutes=30)
    post.answer = "451 come again"
    sends(house)
    house.stands(target, 9, pace=Pace.AT_RISK)
    house.looks()
    assert Delivery.objects.count() == 2


def test_what_the_server_refuses_for_good_is_dropped_and_stops_nothing(house: House, post: MailServer) -> None:
    house.goal(persons=[house.cast.person(one) for one in (house.cast.celina, house.cast.dawid)])
    house.looks()
    house.pass_(minutes=30)
    post.answer = "554 no"
    assert sends(house) == 0
    assert Delivery.objects.filter(dropped_at=house.now).count() == 2


def test_a_server_that_is_away_keeps_everything_waiting_and_the_job_says_so(
    house: House, post: MailServer, settings: Settings
) -> None:
    house.goal()
    house.looks()
    house.pass_(minutes=30)
    settings.EMAIL_PORT = 1
    with pytest.raises(ChannelFailed, match="ConnectionRefusedError"):
        sends(house)
    assert Delivery.objects.filter(sent_at=None, dropped_at=None).count() == 1
    house.pass_(days=5)
    with pytest.raises(ChannelFailed):
        sends(house)
    assert Delivery.objects.filter(dropped_at=None).count() == 0


def test_without_a_server_nothing_waits_to_be_sent(house: House, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    house.goal()
    house.looks()
    assert house.told() == [("Celina", "kickoff")]
    assert not Delivery.objects.exists()


def test_a_kind_that_is_not_wished_by_mail_is_in_the_inbox_alone(house: House, post: MailServer) -> None:
    preferences.change(house.cast.celina, now=house.now, not_mailed=["kickoff"])
    house.goal()
    house.looks()
    assert house.told() == [("Celina", "kickoff")]
    assert not Delivery.objects.exists()


def test_one_click_stops_the_mail_and_what_is_on_its_way(house: House, post: MailServer) -> None:
    target = house.target(house.goal())
    house.looks()
    house.pass_(minutes=30)
    sends(house)
    (letter,) = post.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip(" <>").removeprefix("https://goals.example.org")
    house.stands(target, 30, running=Status.ACHIEVED)
    house.looks()
    # A mail program: no cookie, no token of a form, no sign-in. Opening the page stops nothing.
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    assert preferences.wants_of([house.cast.celina.pk])[house.cast.celina.pk].mail
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    house.pass_(hours=1)
    sends(house)
    assert [letter["To"] for letter in post.letters[1:]] == ["bartek@example.org"]
    assert house.told(house.cast.celina)[-1] == ("Celina", "achieved")


def test_an_address_that_was_not_made_by_us_stops_nothing(house: House) -> None:
    path = unsubscribe.address(house.cast.celina, Mailing.NOTICES).split("/unsubscribe/")[1]
    forged = path.replace(f"-{house.cast.celina.pk}:", f"-{house.cast.dawid.pk}:")
    assert forged != path
    assert Client().post(f"/unsubscribe/{forged}").status_code == 404
    assert preferences.wants_of([house.cast.dawid.pk])[house.cast.dawid.pk].mail


def test_what_was_sent_is_not_sent_again(house: House, post: MailServer) -> None:
    house.goal()
    house.looks()
    house.pass_(minutes=30)
    assert sends(house) + sends(house) == 1
    assert len(post.letters) == 1
