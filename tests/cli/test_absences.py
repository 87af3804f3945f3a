"""milepost absences: a list that can be read again, and a file taken as a whole or not at all."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from milepost.people.models import Absence
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(settings: Any, tmp_path: Path) -> None:
    settings.FACTS_FOLDER = tmp_path / "facts"


def told(*arguments: object) -> str:
    out = StringIO()
    call_command("absences", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_file_is_taken_over_once_and_listed_as_it_came(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "absences.csv"
    file.write_text("name,from,to\nCelina,2999-03-23,2999-03-27\n", encoding="utf-8")
    assert told("import", file, "--try") == "Absences: 1 new, 0 unchanged.\n"
    assert not Absence.objects.exists()
    assert told("import", file) == "Absences: 1 new, 0 unchanged.\n"
    assert told("import", file) == "Absences: 0 new, 1 unchanged.\n"
    assert told("list") == "name,email,from,to\nCelina,,2999-03-23,2999-03-27\n"
    file.write_text(told("list"), encoding="utf-8")
    assert told("import", file) == "Absences: 0 new, 1 unchanged.\n"


def test_with_a_wrong_line_nothing_is_taken_and_the_line_is_named(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "absences.csv"
    file.write_text("name;from;to\nCelina;2026-03-23;2026-03-27\nZenon;2026-03-23;\nDawid;soon;\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"3: There is nobody called “Zenon”.*4: “soon” is not a day"):
        told("import", file)
    assert not Absence.objects.exists()


def test_past_absences_are_listed_when_asked_for(cast: Cast) -> None:
    Absence.objects.create(
        person=cast.person(cast.celina), first_day=date(2020, 1, 1), after_day=date(2020, 1, 2), removed_at=None
    )
    Absence.objects.create(
        person=cast.person(cast.dawid),
        first_day=date(2020, 1, 1),
        after_day=date(2020, 1, 2),
        removed_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert told("list") == "name,email,from,to\n"
    assert told("list", "--past") == "name,email,from,to\nCelina,,2020-01-01,2020-01-01\n"


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        told("import", tmp_path / "none.csv")
