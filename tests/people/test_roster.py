"""A table of people is taken over as a whole or not at all; what is exported is read back as it was."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from milepost.base.errors import Refused
from milepost.history.models import Change
from milepost.people import roster
from milepost.people.models import Membership, Person, Team
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
TABLE = """name,email,team,from,to,leads
Filip,filip@example.org,Night shift,2026-02-01,2026-02-28,no
Filip,filip@example.org,Frontline,2026-02-15,,yes
Gosia,,,,,
"""


def take(text: str, cast: Cast) -> roster.Outcome:
    return roster.take_over(text, zone=WARSAW, by=cast.anna, now=NOW)


def mistakes(outcome: roster.Outcome) -> list[tuple[int, str]]:
    return [(one.number, str(one.error)) for one in outcome.mistakes]


def test_people_teams_and_memberships_come_from_a_table(cast: Cast) -> None:
    outcome = take(TABLE, cast)
    assert (outcome.people, outcome.teams, outcome.memberships, outcome.mistakes) == (2, 1, 2, [])
    filip = Person.objects.get(name="Filip")
    assert [(one.team.name, one.leads) for one in filip.memberships.order_by("since")] == [
        ("Night shift", False),
        ("Frontline", True),
    ]
    night = filip.memberships.get(team__name="Night shift")
    # Both days belong to it, by the clocks of Warsaw.
    assert night.since == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert night.until == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_trying_it_out_says_the_same_and_keeps_nothing(cast: Cast) -> None:
    before = Person.objects.count(), Team.objects.count(), Membership.objects.count(), Change.objects.count()
    tried = roster.try_out(TABLE, zone=WARSAW, by=cast.anna, now=NOW)
    assert (
        Person.objects.count(),
        Team.objects.count(),
        Membership.objects.count(),
        Change.objects.count(),
    ) == before
    assert tried == take(TABLE, cast)


def test_taking_it_over_twice_changes_nothing(cast: Cast) -> None:
    take(TABLE, cast)
    again = take(TABLE, cast)
    assert (again.people, again.teams, again.memberships, again.unchanged) == (0, 0, 0, 3)


def test_one_wrong_line_keeps_everything_out_and_is_named(cast: Cast) -> None:
    outcome = take("name;email;team;from;to;leads\nFilip;;Frontline;2026-02-30;;\n;;;;;\nGosia;nowhere;;;;\n", cast)
    assert mistakes(outcome) == [
        (2, "“2026-02-30” is not a day. Write it as 2026-11-23."),
        (4, "“nowhere” is not an e-mail address."),
    ]
    assert not Person.objects.filter(name__in=["Filip", "Gosia"]).exists()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",,Frontline,,,", "The name is missing."),
        ("Filip,,Frontline,2026-02-02,2026-02-01,", "The end date is before the start date."),
        ("Filip,,,2026-02-02,,", "Days and lead are given, but the team is missing."),
        ("Filip,,Frontline,,,perhaps", "“perhaps” is neither yes nor no."),
        ("Filip,,Frontline,,,no,more", "The line has more cells than the heading."),
        (f"{'x' * 201},,,,,", f"“{'x' * 40}…” is longer than 200 characters."),
    ],
)
def test_a_wrong_line_says_why(cast: Cast, line: str, why: str) -> None:
    assert mistakes(take(f"name,email,team,from,to,leads\n{line}\n", cast)) == [(2, why)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has to name the columns"),
        ("person,team\nFilip,Frontline\n", "has to name the columns"),
        ("name,salary\nFilip,1\n", "There is no column “salary”"),
        ("name\n" + "Filip\n" * 2001, "more than 2000 lines"),
        ('name\n"Filip\n', "not a CSV file"),
    ],
)
def test_what_is_no_such_table_is_refused(cast: Cast, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        take(text, cast)


def test_namesakes_are_told_apart_by_their_address(cast: Cast) -> None:
    take("name,email\nFilip,one@example.org\nFilip,other@example.org\n", cast)
    assert mistakes(take("name,team\nFilip,Frontline\n", cast)) == [
        (2, "There are 2 people called “Filip”. Give the e-mail address.")
    ]
    assert take("name,email,team\nFilip,other@example.org,Frontline\n", cast).memberships == 1


def test_somebody_without_an_address_gets_one(cast: Cast) -> None:
    outcome = take("name,email\ncelina,celina@example.org\n", cast)
    assert (outcome.people, outcome.addresses) == (0, 1)
    assert Person.objects.get(name="Celina").email == "celina@example.org"


def test_the_file_that_comes_out_goes_in_unchanged(cast: Cast) -> None:
    take(TABLE, cast)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(roster.HEADING)
    for row in roster.rows(WARSAW):
        writer.writerow(["" if cell is None else str(cell) for cell in row])
    outcome = take(written.getvalue(), cast)
    assert (outcome.mistakes, outcome.people, outcome.memberships, outcome.corrected) == ([], 0, 0, 0)
    assert outcome.unchanged == 7


def test_an_apostrophe_before_a_formula_is_ours(cast: Cast) -> None:
    take("name\n'=1+1\n'Tis\n", cast)
    assert set(Person.objects.filter(name__in=["=1+1", "'Tis"]).values_list("name", flat=True)) == {"=1+1", "'Tis"}
