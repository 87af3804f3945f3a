"""The weekly digest: what it says to whom, once a week, and never what it should not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import CharField, Value
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from milepost.goals.models import Goal
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.notifications import finals, preferences
from milepost.notifications.digest import writing
from milepost.notifications.digest.content import Content
from milepost.notifications.digest.letter import letter
from milepost.notifications.models import Delivery, Digest
from milepost.people.models import User
from tests.notifications.conftest import House

# Monday 23 March 2026, 08:30 in Warsaw.
MORNING = datetime(2026, 3, 23, 7, 30, tzinfo=UTC)


@pytest.fixture
def goal(house: House) -> Goal:
    """Frontline is behind in March, Celina at risk, Dawid ahead."""
    persons = [house.cast.person(one) for one in (house.cast.celina, house.cast.dawid)]
    goal = house.goal(persons=persons, teams=[house.cast.frontline])
    house.now = MORNING
    house.stands(house.target(goal, "Frontline"), 15, pace=Pace.BEHIND)
    house.stands(house.target(goal, "Celina"), 3, pace=Pace.AT_RISK)
    house.stands(house.target(goal, "Dawid"), 28, pace=Pace.AHEAD)
    User.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    return goal


def of(user: User, house: House) -> Content:
    """What the digest says to somebody."""
    content = writing.preview(user, preferences.wants_of([user.pk])[user.pk], now=house.now)
    assert content is not None
    return content


def said(content: Content, user: User) -> str:
    """All of it, as text."""
    return letter(content, user, message_id="<1@example.org>").text


def test_the_lead_reads_of_the_team_and_of_who_needs_them(house: House, goal: Goal) -> None:
    content = of(house.cast.bartek, house)
    # 22 of 31 days have gone: 22 of 30 tickets were to be expected, 15 are done. Every day works here.
    assert content.headline == "Frontline is 7 behind on “Tickets closed 2026”, with 9 working days to go"
    assert content.second == "Ahead: 0. On pace: 0. Behind or at risk: 1. Too early to say: 0."
    (shown,) = content.goals
    assert (shown.name, shown.sign, shown.word) == ("Tickets closed 2026 (Frontline)", "↓", "Behind")
    assert (shown.actual, shown.wished, shown.line) == ("15", "of 30", "Needs 1.7 a day.")
    assert [one.fact for one in content.worth] == ["Celina is at risk in “Tickets closed 2026”."]
    assert content.button == "Open Frontline"


def test_whoever_manages_reads_of_teams_and_of_no_person(house: House, goal: Goal) -> None:
    text = said(of(house.cast.anna, house), house.cast.anna)
    assert "Frontline" in text
    assert "Celina" not in text
    assert "Dawid" not in text


def test_an_agent_reads_of_their_own_goals_alone(house: House, goal: Goal) -> None:
    content = of(house.cast.celina, house)
    assert [one.name for one in content.goals] == ["Tickets closed 2026 (Celina)"]
    assert "Dawid" not in said(content, house.cast.celina)
    assert content.because == "You get this on Mondays because these are your goals."


def test_three_goals_at_most_the_worst_first(house: House, goal: Goal) -> None:
    for name, pace in (("Second", Pace.AHEAD), ("Third", Pace.AT_RISK), ("Fourth", Pace.ON_PACE)):
        other = house.goal(name, persons=[], teams=[house.cast.frontline])
        house.stands(house.target(other, "Frontline"), 20, pace=pace)
    content = of(house.cast.bartek, house)
    assert [one.name for one in content.goals][:2] == ["Third (Frontline)", "Tickets closed 2026 (Frontline)"]
    assert len(content.goals) == 3
    assert len(content.worth) <= 2


def test_what_ended_last_week_is_there_once_it_is_final(
    house: House, goal: Goal, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.now = datetime(2026, 4, 6, 6, 30, tzinfo=UTC)
    house.stands(house.target(goal, "Frontline"), 31, ended=Status.EXCEEDED)
    assert writing.preview(house.cast.bartek, wants(house.cast.bartek), now=house.now) is None
    with_verdict = finals.with_verdict
    final = Value(Status.EXCEEDED.value, CharField())
    monkeypatch.setattr(finals, "with_verdict", lambda there: with_verdict(there).annotate(verdict_status=final))
    content = of(house.cast.bartek, house)
    assert [(one.word, one.line) for one in content.goals] == [("Exceeded", "Ended on 31\N{NO-BREAK SPACE}Mar.")]
    assert content.headline == "The goals of the past week have ended"
    house.pass_(days=7)
    assert writing.preview(house.cast.bartek, wants(house.cast.bartek), now=house.now) is None


def test_it_is_written_once_on_monday_at_half_past_eight(house: House, goal: Goal, settings: Settings) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    assert writing.write_due(now=MORNING - timedelta(minutes=1)) == 0
    assert writing.write_due(now=MORNING) == 4
    assert writing.write_due(now=MORNING) == 0
    # Of Ewa, who has no goal, it is known that there was nothing to say.
    assert sorted(Digest.objects.exclude(content={}).values_list("user__name", flat=True)) == [
        "Anna",
        "Bartek",
        "Celina",
        "Dawid",
    ]
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {MORNING}


def test_it_comes_on_the_clocks_of_its_reader(house: House, goal: Goal) -> None:
    preferences.change(house.cast.celina, now=house.now, zone="America/New_York")
    assert writing.write_due(now=MORNING) == 3
    assert writing.write_due(now=MORNING + timedelta(hours=5)) == 1


def test_a_machine_that_slept_over_the_week_writes_none_of_it(house: House, goal: Goal) -> None:
    assert writing.write_due(now=MORNING + timedelta(days=3)) == 0


def test_who_stopped_it_gets_none(house: House, goal: Goal) -> None:
    for user in (house.cast.anna, house.cast.bartek, house.cast.celina, house.cast.dawid):
        preferences.change(user, now=house.now, digest=False)
    assert writing.write_due(now=MORNING) == 0


def test_the_letter_has_no_pictures_and_can_be_stopped(house: House, goal: Goal) -> None:
    content = of(house.cast.bartek, house)
    written = letter(content, house.cast.bartek, message_id="<1@example.org>")
    assert written.subject == content.headline
    assert "<img" not in written.html
    assert "<script" not in written.html
    assert "/unsubscribe/digest-" in written.headers["List-Unsubscribe"]
    assert Content.from_json(content.to_json()) == content


def test_it_is_in_the_language_of_its_reader(house: House, goal: Goal) -> None:
    preferences.change(house.cast.bartek, now=house.now, language="pl")
    content = of(house.cast.bartek, house)
    assert content.language == "pl"
    assert 'lang="pl"' in letter(content, house.cast.bartek, message_id="<1@example.org>").html


def test_it_asks_as_much_for_many_targets_as_for_few(house: House, goal: Goal) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            of(house.cast.bartek, house)
        return len(captured)

    few = queries()
    for number in range(10):
        other = house.goal(f"Goal {number}", persons=[], teams=[house.cast.frontline])
        house.stands(house.target(other, "Frontline"), 20)
    assert queries() == few


def wants(user: User) -> preferences.Wants:
    """What a user wants."""
    return preferences.wants_of([user.pk])[user.pk]
