"""The seed's notifications in Chromium: contributors are told, as the goal and each of its milestones say."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.account import actions as account
from milepost.goals import actions, notices
from milepost.goals.actions import NewGoal
from milepost.goals.models import Goal, Target
from milepost.goals.notices import Audience, Notice
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.notifications import preferences, watch
from milepost.notifications.models import Hook
from milepost.people.models import User
from milepost.progress.models import Measurement
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.browser.pictures import picture
from tests.cast import NEW_YEAR, Cast
from tests.web.conftest import NOW

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def goal(cast: Cast, new_goal: Callable[..., NewGoal]) -> Goal:
    """30 tickets a month of Celina and of Frontline; Celina has reached them, the team is behind."""
    account.change(by=None, now=NEW_YEAR, name="Kestrel", zone="Europe/Warsaw")
    look(days_ago=14)
    new = new_goal(persons=[cast.person(cast.celina)], teams=[cast.frontline], value=Decimal(30))
    goal = actions.create(new, by=cast.anna, now=NEW_YEAR)
    look(days_ago=13)
    reaches(goal, "Frontline", 9, pace=Pace.BEHIND)
    reaches(goal, "Celina", 31, running=Status.EXCEEDED)
    return goal


def look(*, days_ago: int = 0) -> None:
    """What is new is told."""
    watch.look(Goal.objects.all(), now=NOW - timedelta(days=days_ago))


def reaches(
    goal: Goal, name: str, shown: int, *, running: Status = Status.IN_PROGRESS, pace: Pace | None = None
) -> None:
    """What somebody has done in March."""
    targets = Target.objects.filter(milestone__goal=goal, milestone__first_day__month=3)
    target = next(one for one in targets if str(one.contributor) == name)
    Measurement.objects.create(
        target=target,
        numerator=shown,
        denominator=1,
        sample=shown,
        shown=shown,
        progress=100 * shown // 30,
        status_running=running.value,
        status_ended=Status.MISSED.value,
        pace=pace,
        measured_at=NOW,
    )


def test_s46_contributors_hear_what_happens_to_their_goals(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal
) -> None:
    look()
    page = open_page()
    sign_in(page, cast.celina)
    page.goto("/goals")
    page.get_by_role("link", name="Inbox, 6 unread").click()
    entries = page.get_by_role("main").get_by_role("listitem")
    expect(entries).to_have_count(6)
    expect(page.get_by_role("main")).to_contain_text("Target achieved: Celina, “Tickets closed 2026”")
    page.get_by_role("link", name="Behind pace: Frontline").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Frontline")
    expect(page.get_by_role("link", name="Inbox, 5 unread")).to_be_visible()
    page.goto("/inbox")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Inbox", exact=True).first).to_be_visible()
    # Whoever contributes to nothing was told nothing.
    other = open_page()
    sign_in(other, cast.ewa)
    other.goto("/inbox")
    expect(other.get_by_role("main")).to_contain_text("Nothing has been told yet.")


def test_s47_each_kind_is_told_to_whom_its_boxes_say(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal
) -> None:
    goal.notices = notices.to_json({Notice.ACHIEVED: frozenset({Audience.LEAD})})
    goal.save()
    look()
    page = open_page()
    sign_in(page, cast.bartek)
    page.goto("/inbox")
    expect(page.get_by_role("main")).to_contain_text("Target achieved: Celina")
    expect(page.get_by_role("main")).not_to_contain_text("Behind pace")
    sign_in(page, cast.celina)
    page.goto("/inbox")
    expect(page.get_by_role("main")).not_to_contain_text("Target achieved")


def test_s78_a_milestone_tells_others_than_its_goal(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal
) -> None:
    target = Target.objects.get(contributor__person=cast.celina.person, milestone__first_day__month=3)
    target.notices = notices.to_json({Notice.ACHIEVED: frozenset({Audience.MANAGER})})
    target.save()
    look()
    page = open_page()
    sign_in(page, cast.anna)
    page.goto("/inbox")
    expect(page.get_by_role("main")).to_contain_text("Target achieved: Celina")
    sign_in(page, cast.celina)
    page.goto("/inbox")
    expect(page.get_by_role("main")).not_to_contain_text("Target achieved: Celina")


@pytest.mark.parametrize(
    ("language", "told", "heads", "opens"),
    [
        ("en", "Target achieved: Celina", "1 goal runs, and its target is reached", "Open your goals"),
        ("pl", "Cel osiągnięty: Celina", "1 cel trwa, a jego wartość docelowa jest osiągnięta", "Otwórz swoje cele"),
    ],
)
def test_inbox_and_digest_speak_the_language_of_the_reader(
    open_page: OpenPage,
    sign_in: SignIn,
    cast: Cast,
    goal: Goal,
    *,
    language: Language,
    told: str,
    heads: str,
    opens: str,
) -> None:
    look()
    preferences.change(cast.celina, now=NOW, language=language)
    page = open_page(language=language, width=1120, height=620)
    sign_in(page, cast.celina)
    page.goto("/inbox")
    expect(page.get_by_role("main")).to_contain_text(told)
    picture(page, "inbox", language)
    page.goto("/digests/preview")
    expect(page.get_by_role("heading", level=1)).to_contain_text(heads)
    expect(page.get_by_role("link", name=opens)).to_be_visible()
    picture(page, "digest", language)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("pl", "dark", 390), ("pl", "light", 320)]
)
@pytest.mark.parametrize(
    "address",
    ["/inbox", "/inbox/preferences", "/digests", "/digests/preview", "/setup/channels", "/setup/channels/new"],
)
def test_axe_finds_nothing_and_nothing_runs_over(
    open_page: OpenPage,
    sign_in: SignIn,
    cast: Cast,
    goal: Goal,
    *,
    language: Language,
    theme: Theme,
    width: int,
    address: str,
) -> None:
    look()
    Hook.objects.create(name="Results of Frontline", make="slack", created_at=NOW, switched_off_at=NOW)
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, cast.anna)
    page.goto(address)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_preferences_are_kept_without_scripts(open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal) -> None:
    page = open_page(scripts=False)
    sign_in(page, cast.celina)
    page.goto("/inbox/preferences")
    page.get_by_label("Weekly digest").uncheck()
    page.get_by_label("Quiet from").fill("20:15")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_label("Weekly digest")).not_to_be_checked()
    expect(page.get_by_label("Quiet from")).to_have_value("20:15")
