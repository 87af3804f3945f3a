"""milepost who-is-who: proposals are listed, decided and undone, and a try changes nothing."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from milepost.connectors.contract import Agent
from milepost.people import actions
from milepost.people.models import Person
from milepost.sources.models import Identity
from tests.sources.test_who_is_who import CELINA, NOON, brought

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desks(settings: Any, tmp_path: Path) -> None:
    """Zammad brings Celina, whom Redmine brought, and a mailbox that Redmine has too."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    brought("redmine", CELINA, Agent("desk", "Desk", "support@example.org"))
    brought("zammad", Agent("7", "Celina K.", "celina@example.org"), Agent("8", "Front", "support@example.org"))


def told(*words: str) -> str:
    out = StringIO()
    call_command("who-is-who", *words, stdout=out)
    return out.getvalue()


def listed(*words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(told("list", *words))))


def person_of(key: str) -> Person | None:
    return Identity.objects.select_related("person").get(key=key, source__slug="zammad").person


def number(name: str) -> int:
    return Person.objects.get(name=name).pk


def test_who_may_be_somebody_is_listed_and_a_shared_mailbox_is_marked() -> None:
    rows = [(one["source"], one["agent"], one["may_be"], one["shared"]) for one in listed()]
    assert rows == [
        ("zammad", "7", f"Celina ({number('Celina')})", "no"),
        ("zammad", "8", f"Desk ({number('Desk')})", "yes"),
    ]
    assert listed("--source", "redmine") == []
    assert [one["person"] for one in listed("--all", "--source", "redmine")] == ["Celina", "Desk"]


def test_a_try_says_what_would_change_and_changes_nothing() -> None:
    celina, other = number("Celina"), number("Celina K.")
    expected = (
        f"Zammad: Celina K. is Celina ({celina}). Celina K. ({other}), whom they were before, is removed: nothing else "
        "is known of them.\n"
    )
    assert told("match", "zammad", "7", "celina", "--try") == f"{expected}Nothing was changed.\n"
    assert str(person_of("7")) == "Celina K."
    assert told("match", "zammad", "7", "celina") == expected
    assert person_of("7") == Person.objects.get(pk=celina)


def test_a_match_is_separated_again() -> None:
    told("match", "zammad", "7", str(number("Celina")))
    said = told("separate", "zammad", "7")
    assert said.startswith("Zammad: Celina K. is Celina K. (")
    assert said.endswith(f", and not Celina ({number('Celina')}) any more.\n")
    assert str(person_of("7")) == "Celina K."
    with pytest.raises(CommandError, match="There is nothing to separate"):
        told("separate", "zammad", "7")


def test_kept_apart_an_agent_is_listed_no_more() -> None:
    assert (
        told("keep-apart", "zammad", "8")
        == f"Zammad: Front stays Front ({number('Front')}), and is not asked about again.\n"
    )
    assert [one["agent"] for one in listed()] == ["7"]


def test_matched_to_who_they_are_an_agent_is_asked_about_no_more() -> None:
    assert (
        told("match", "zammad", "7", "Celina K.")
        == f"Zammad: Celina K. is Celina K. ({number('Celina K.')}) already.\n"
    )
    assert [one["agent"] for one in listed()] == ["8"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("match", "zamad", "7", "Celina"), "There is no source “zamad”. Known are: redmine, zammad"),
        (("match", "zammad", "77", "Celina"), "zammad has no agent “77”"),
        (("match", "zammad", "7", "Zenon"), "There is nobody called “Zenon”"),
        (("match", "zammad", "7", "9" * 30), "There is nobody called"),
        (("list", "--source", "nowhere"), "There is no source “nowhere”"),
    ],
)
def test_who_is_not_there_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        told(*words)


def test_of_namesakes_one_is_told_by_number_or_address() -> None:
    twin = actions.create_person("Celina", email="other@example.org", by=None, now=NOON)
    with pytest.raises(CommandError, match=r"2 people are called “celina”.*: \d+, \d+"):
        told("match", "zammad", "7", "celina")
    told("match", "zammad", "7", "Other@example.org")
    assert person_of("7") == twin
