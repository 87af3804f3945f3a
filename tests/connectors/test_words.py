"""What the words of a log seem to mean, in English and Polish, and how often each stands in it."""

from pathlib import Path

import pytest

from milepost.connectors.files.detection import EVENTS, TICKETS, detect, plain
from milepost.connectors.files.words import MOST, words_of
from milepost.connectors.table.words import meaning_of


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Created", "created"), ("Utworzono zgłoszenie", "created"), ("Reopened", "open"), ("Ponownie otwarte", "open"),
        ("Assigned", "assigned"), ("Przypisanie", "assigned"), ("Agent replied", "reply"), ("Email sent", "reply"),
        ("Odpowiedź agenta", "reply"), ("Odpowiedź do klienta", "reply"), ("Reply to customer", "reply"),
        ("Customer replied", "customer"), ("Odpowiedź klienta", "customer"), ("Internal note", "note"),
        ("Notatka", "note"), ("Auto-reply", "automatic"), ("Odpowiedź automatyczna", "automatic"),
        ("Solved", "resolved"), ("Rozwiązano", "resolved"), ("Closed", "closed"), ("Zamknięto", "closed"),
        ("Pending", "waiting_customer"), ("Oczekuje na klienta", "waiting_customer"), ("Awaiting vendor", "on_hold"),
        ("Merged", "merged"), ("Scalono", "merged"), ("Undeleted", "restored"), ("Phone call", None), ("Comment", None),
    ],
)  # fmt: skip
def test_what_happened_is_found_in_both_languages(word: str, meaning: str | None) -> None:
    assert meaning_of("activity", word) == meaning


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("New", "new"), ("Nowe", "new"), ("Zgłoszone", "new"), ("In progress", "open"), ("W toku", "open"),
        ("Otwarte", "open"), ("Awaiting User Info", "waiting_customer"), ("On hold", "on_hold"),
        ("Awaiting Problem", "on_hold"), ("Active", "open"),
        ("Wstrzymane", "on_hold"),
        ("Resolved", "resolved"), ("Rozwiązane", "resolved"), ("Closed", "closed"), ("Zamknięte", "closed"),
        ("Anulowane", "closed"), ("Spam", "deleted"), ("-100", None),
    ],
)  # fmt: skip
def test_a_status_is_found_in_both_languages(word: str, meaning: str | None) -> None:
    assert meaning_of("status", word) == meaning


@pytest.mark.parametrize(
    ("header", "rows", "kind"),
    [
        ("id,at,event", "1,2026-01-05,Created\n1,2026-01-06,Closed\n", EVENTS),
        ("case:concept:name,concept:name,time:timestamp", "1,Created,2026-01-05\n1,Closed,2026-01-06\n", EVENTS),
        ("number,incident_state,sys_updated_at,opened_at", "1,New,05/01/2026,05/01/2026\n" * 2, EVENTS),
        ("id,created,status", "1,2026-01-05,Open\n2,2026-01-06,Closed\n", TICKETS),
        ("id,created,closed", "1,2026-01-05,\n1,2026-01-05,\n", TICKETS),
        ("id,created,closed,status", "1,2026-01-05,2026-01-06,Closed\n" * 2, TICKETS),
        ("numer;utworzono;zamknięto;status", "1;05.01.2026;06.01.2026;zamknięte\n" * 2, TICKETS),
        ("id,created,closed,status,updated", "1,2026-01-05,2026-01-06,Closed,2026-01-06\n" * 2, EVENTS),
    ],
)
def test_a_log_says_what_happened_and_names_its_tickets_again(
    tmp_path: Path, header: str, rows: str, kind: str
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(f"{header}\n{rows}")
    assert detect(file).rows == kind


def test_who_did_something_is_not_when_it_was_done(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("number,incident_state,sys_updated_by,sys_updated_at\n" + "1,New,Carol,05/01/2026 10:00\n" * 2)
    assert [column.meaning for column in detect(file).columns] == ["ticket", "status", None, "time"]


def test_words_are_counted_over_all_files_and_no_more_than_can_be_shown(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("id,event\n1,Call\n2, Call \n3,\n")
    second.write_text("id,event\n" + "".join(f"{n},Call\n{n},Word {n}\n" for n in range(MOST * 2)))
    counted = words_of([first, second], plain("utf-8", ","), ["event"])["event"]
    assert (counted["Call"], len(counted)) == (2 + MOST * 2, MOST + 1)
