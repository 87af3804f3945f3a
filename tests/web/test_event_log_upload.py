"""A log with one row per event from the page: its words are matched, tried out, kept, and read by the worker."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from milepost.sources import folders
from milepost.sources.models import Source
from milepost.sources.sync import store
from tests.web.conftest import NOW
from tests.web.test_file_upload import MATCH, UPLOAD, Reader, admin

__all__ = ["Reader", "admin"]

LOG = (
    "Nr zgłoszenia;Kiedy;Zdarzenie;Kto;Opiekun;Grupa\n"
    "7;23.02.2026 14:02;Utworzono;Klient;;Wsparcie\n"
    "7;23.02.2026 14:05;Przypisano;System;Celina;Wsparcie\n"
    "7;23.02.2026 14:31;Odpowiedź do klienta;Celina;Celina;Wsparcie\n"
    "7;23.02.2026 15:00;Notatka wewnętrzna;Dawid;Celina;Wsparcie\n"
    "7;23.02.2026 16:00;Wiadomość od klienta;Klient;Celina;Wsparcie\n"
    "7;24.02.2026 09:00;Rozwiązano;Celina;Celina;Wsparcie\n"
    "7;25.02.2026 09:00;Ponownie otwarto;Klient;Celina;Wsparcie\n"
    "7;25.02.2026 10:00;Zamknięto;Dawid;Dawid;Wsparcie\n"
    "8;24.02.2026 10:00;Utworzono;Klient;;Wsparcie\n"
    "8;24.02.2026 10:01;Telefon;Celina;Celina;Wsparcie\n"
    "8;24.02.2026 10:01;Telefon;Celina;Celina;Wsparcie\n"
)


def shown(client: Client, content: str = LOG, name: str = "log.csv", address: str = UPLOAD) -> Any:
    """The page that follows an upload."""
    sent = {"name": "Old desk", "file": SimpleUploadedFile(name, content.encode())}
    return client.post(address, sent, follow=True)


def answers(page: Any) -> dict[str, str]:
    """What the form of a page is filled with."""
    return {name: field.value() or "" for name in page.context["form"].fields for field in [page.context["form"][name]]}


def word(page: Any, text: str) -> str:
    """The field of a word."""
    words = (one for _, listed in page.context["form"].worded() for one in listed)
    return next(str(field.name) for said, _, field, _ in words if said == text)


def text_of(page: Any) -> str:
    """What a page says."""
    return str(page.content.decode()).replace("\xa0", " ")


def read_by_worker(source: Source) -> folders.Look:
    """The worker looks, and again when the files have been quiet for long enough."""
    moments = iter([NOW] * 3 + [NOW + timedelta(seconds=11)] * 9)
    for _ in ("waited for", "read"):
        look = folders.read(source, clock=lambda: next(moments), zone=ZoneInfo("UTC"), stopped=lambda: False)
    return look


def acts() -> list[tuple[str, int]]:
    """How many acts of each kind the facts tell."""
    kinds = "('created', 'first_reply', 'reply', 'resolution', 'reopen', 'assignment')"
    counted = f"SELECT kind, count(*) FROM facts WHERE kind IN {kinds} GROUP BY kind ORDER BY kind"
    return store().read(lambda db: db.sql(counted).fetchall())


def test_a_polish_log_is_known_and_its_words_are_matched_by_themselves(admin: Client) -> None:
    page = shown(admin)
    for text in (
        "What the words of “Zdarzenie” mean",
        "<b>Telefon</b><small>2</small>",
        "9 rows ready, 2 rows left out",
        "2 rows: a word that the mapping does not know in “Zdarzenie”",
        "<td>Reply by an agent</td>",
        "Import 9 rows",
    ):
        assert text in text_of(page)
    assert answers(page)["rows"] == "events"
    assert not Source.objects.exists()


def test_what_the_words_mean_is_kept_and_read_by_the_worker(admin: Client) -> None:
    page = shown(admin)
    told = answers(page) | {word(page, "Telefon"): "reply", "act": "import"}
    assert admin.post(MATCH, told).status_code == 302
    source = Source.objects.get()
    kept = yaml.safe_load(admin.get(f"/setup/sources/{source.pk}/mapping").content)
    assert (
        kept["message"]["values"] | {"Telefon": "reply", "Odpowiedź do klienta": "reply"} == kept["message"]["values"]
    )
    assert kept["status"]["column"] == kept["message"]["column"] == "Zdarzenie"
    assert kept["status"]["values"]["Ponownie otwarto"] == "open"
    look = read_by_worker(source)
    assert (look.changed, look.refused) == (2, [])
    assert acts() == [
        ("assignment", 3), ("created", 2), ("first_reply", 2), ("reopen", 1), ("reply", 3), ("resolution", 2),
    ]  # fmt: skip


def test_a_newer_log_shows_what_its_words_meant_before(admin: Client) -> None:
    page = shown(admin)
    admin.post(MATCH, answers(page) | {word(page, "Telefon"): "ignore", "act": "import"})
    again = shown(admin, name="newer.csv", address=f"/setup/sources/{Source.objects.get().pk}/file")
    assert answers(again)[word(again, "Telefon")] == "ignore"
    assert answers(again) == {name: value for name, value in answers(page).items() if name != "rows"} | {
        word(page, "Telefon"): "ignore"
    }


def test_statuses_of_a_log_without_messages_are_matched_and_may_stand_for_the_first_reply(admin: Client) -> None:
    content = "number,at,state,owner\n7,2026-02-23 10:00,New,\n7,2026-02-23 11:00,In progress,Celina\n"
    page = shown(admin, content + "7,2026-02-24 09:00,Resolved,Celina\n7,2026-02-25 09:00,Awaiting parts,Celina\n")
    assert "Without a word for replies" in text_of(page)
    assert "The first event that leaves New stands for the first reply" in text_of(page)
    admin.post(MATCH, answers(page) | {"response": "leaves_new", "act": "import"})
    read_by_worker(Source.objects.get())
    assert acts() == [
        ("assignment", 1), ("created", 1), ("first_reply", 1), ("reopen", 1), ("reply", 1), ("resolution", 1),
    ]  # fmt: skip


def test_a_log_can_be_said_to_be_a_table_and_is_matched_anew(admin: Client) -> None:
    page = admin.post(MATCH, answers(shown(admin)) | {"rows": "tickets", "matched": "events"})
    assert "Choose the column that says when a ticket was created." in text_of(page)
    assert "What the words of" not in text_of(page)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"column-1": ""}, "Choose the column that says when something happened."),
        ({"column-2": ""}, "Choose the column that says what happened, or the one of the status after it."),
        ({"column-0": "activity", "column-2": ""}, "Choose the column with the ticket number."),
    ],
)
def test_what_a_log_lacks_is_said_and_nothing_is_imported(admin: Client, other: dict[str, str], said: str) -> None:
    page = admin.post(MATCH, answers(shown(admin)) | other | {"act": "import"})
    assert said in text_of(page)
    assert not Source.objects.exists()


def test_a_column_of_many_words_does_not_say_what_happened(admin: Client) -> None:
    rows = "".join(f"{number % 9},2026-02-23 10:00,Comment {number}\n" for number in range(70))
    assert "This column has more than 60 different words." in text_of(shown(admin, "id,at,event\n" + rows))


def test_a_first_word_for_replies_does_not_make_the_source_another_one(admin: Client) -> None:
    content = "number,at,event\n7,2026-02-23 10:00,Created\n7,2026-02-23 11:00,Call\n7,2026-02-24 11:00,Closed\n"
    page = shown(admin, content)
    admin.post(MATCH, answers(page) | {word(page, "Call"): "ignore", "act": "import"})
    source = Source.objects.get()
    read_by_worker(source)
    page = shown(admin, content, "newer.csv", f"/setup/sources/{source.pk}/file")
    page = admin.post(MATCH, answers(page) | {word(page, "Call"): "reply", "act": "import"})
    assert "Upload these files as a source of their own." in text_of(page)
