"""Rows that could be read in more than one way: the page asks, and what is chosen stands in the mapping."""

from typing import Any

import pytest
import yaml
from django.test import Client

from milepost.sources import uploads
from milepost.sources.models import Source
from tests.web.test_event_log_upload import acts, answers, read_by_worker, shown, text_of
from tests.web.test_file_upload import MATCH, Reader, admin

__all__ = ["Reader", "admin"]

TABLE = (
    "id,created,first reply,closed\n"
    "1,2026-02-05 10:00,2026-02-05 09:00,\n"
    "2,,2026-02-05 11:00,2026-02-06 11:00\n"
    "3,2026-02-05 10:00,,2026-02-05 12:00\n"
    "3,2026-02-05 10:00,,2026-02-05 13:00\n"
    "4,2026-02-05 10:00,n/a,\n"
)


def choose(client: Client, page: Any, **chosen: Any) -> Any:
    """Answer the page and look at what follows."""
    return client.post(MATCH, answers(page) | chosen, follow=True)


def kept() -> dict[str, Any]:
    """The mapping of the source."""
    return dict(yaml.safe_load(uploads.mapping_text(Source.objects.get()) or ""))


def test_each_problem_is_told_with_an_example_and_a_choice(admin: Client) -> None:
    body = text_of(shown(admin, TABLE))
    for text in (
        "1 row ready, 4 rows left out",
        "1 row: before the ticket was created in “first reply”",
        "For example “2026-02-05 09:00”. Line: 2",
        "Count it as at the creation",
        "1 row: no creation date in “created”",
        "Take the first thing that is known to have happened",
        "1 row: a ticket number that comes again further down in “id”",
        "Leave all rows with this number out",
        "Read “n/a” as an empty cell",
    ):
        assert text in body


def test_what_is_chosen_changes_the_reading_and_can_be_taken_back(admin: Client) -> None:
    page = shown(admin, TABLE)
    chosen = {"early": "empty", "undated": "first_moment", "nulls": ["n/a"]}
    page = choose(admin, page, **chosen)
    assert "4 rows ready, 1 row left out" in text_of(page)
    assert "Leave the moment empty" in text_of(page)
    page = choose(admin, page, **chosen | {"early": "reject", "nulls": []})
    assert "2 rows ready, 3 rows left out" in text_of(page)
    assert not Source.objects.exists()


def test_the_preview_shows_what_counts_of_a_ticket_that_comes_again(admin: Client) -> None:
    body = text_of(shown(admin, TABLE))
    assert "5 Feb 2026, 13:00" in body
    assert "5 Feb 2026, 12:00" not in body


def test_what_is_chosen_stands_in_the_mapping_and_is_asked_no_more_of_the_next_file(admin: Client) -> None:
    chosen = {"early": "at_creation", "undated": "first_moment", "repeated": "reject", "nulls": ["n/a"]}
    choose(admin, shown(admin, TABLE), **chosen, act="import")
    assert {key: kept()[key] for key in chosen} == chosen | {"nulls": ["", "n/a"]}
    source = Source.objects.get()
    read_by_worker(source)
    assert acts() == [("created", 3), ("first_reply", 2), ("resolution", 1)]
    page = shown(admin, TABLE, "newer.csv", f"/setup/sources/{source.pk}/file")
    assert {key: answers(page)[key] for key in ("early", "undated", "repeated")} == {
        "early": "at_creation",
        "undated": "first_moment",
        "repeated": "reject",
    }
    assert "3 rows ready, 2 rows left out" in text_of(page)


def test_choices_that_nobody_made_are_not_in_the_mapping(admin: Client) -> None:
    choose(admin, shown(admin, TABLE), act="import")
    assert not {"early", "undated", "repeated", "order", "nulls"} & set(kept())


def test_a_log_with_the_newest_event_first_is_found_and_read_from_its_end(admin: Client) -> None:
    log = "id,at,event\n7,2026-02-25 10:00,Closed\n7,2026-02-25 09:00,Reopened\n7,2026-02-24 09:00,Closed\n"
    page = shown(admin, log + "7,2026-02-23 09:00,Created\n")
    assert answers(page)["order"] == "newest_first"
    choose(admin, page, act="import")
    assert kept()["order"] == "newest_first"
    read_by_worker(Source.objects.get())
    assert acts() == [("created", 1), ("reopen", 1), ("resolution", 2)]


@pytest.mark.parametrize(("key", "value"), [("early", "never"), ("order", "by_name"), ("format", "%H")])
def test_a_choice_that_is_none_is_not_taken(admin: Client, key: str, value: str) -> None:
    text = TABLE if key != "order" else "id,at,event\n7,2026-02-25,Created\n7,2026-02-26,Closed\n"
    choose(admin, shown(admin, text), **{key: value}, act="import")
    assert not Source.objects.exists()
