"""How progress is renewed and when it stops, by the rows of the seed: each test is the row it is named after.

Celina is to close two tickets in June 2026, and closes three.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.account import actions as account
from milepost.goals.models import Goal, Target
from milepost.people import actions as people
from milepost.people.models import Person, User
from milepost.people.roles import Role
from milepost.worker.jobs import KINDS
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.browser.pictures import picture
from tests.progress.conftest import TEAMS, Desk

SignIn = Callable[[Page, User], None]
MID_JUNE = datetime(2026, 6, 16, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def at_eight(*days: int) -> list[datetime]:
    """Eight o'clock of these days of June."""
    return [datetime(2026, 6, day, 8, tzinfo=UTC) for day in days]


@pytest.fixture
def desk(tmp_path: Path, settings: Any, db: None) -> Desk:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    account.change(by=None, now=MID_JUNE, zone="UTC")
    for name in TEAMS:
        Person.objects.create(name=name)
    desk = Desk(tmp_path, User.objects.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER))
    desk.solves("Celina", at_eight(1, 2))
    return desk


@pytest.fixture
def goal(desk: Desk) -> Goal:
    return desk.goal("Celina", value=2)


def address(goal: Goal) -> str:
    """The page of Celina's June."""
    target = Target.objects.get(contributor__goal=goal, milestone__first_day__month=6)
    return f"/goals/{goal.pk}/2026-06-01/{target.contributor_id}"


def test_s70_progress_is_renewed_at_least_every_24_hours(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal
) -> None:
    every = KINDS["refresh"].every
    assert every is not None
    assert every <= timedelta(hours=24)
    desk.refresh(MID_JUNE + every)
    page = open_page()
    with time_machine.travel(MID_JUNE + every, tick=False):
        sign_in(page, desk.anna)
        page.goto(address(goal))
        expect(page.get_by_text("Last calculated Tue\u00a016\u00a0Jun\u00a02026,\u00a001:00.")).to_be_visible()


def test_s71_changes_while_a_milestone_runs_show_at_the_next_renewal(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal
) -> None:
    page = open_page()
    with time_machine.travel(MID_JUNE, tick=False):
        sign_in(page, desk.anna)
        desk.refresh(MID_JUNE)
        page.goto(address(goal))
        expect(page.locator(".figures dd b").first).to_have_text("2")
        desk.reopens("Celina", at_eight(2)[0], MID_JUNE - DAY)
        desk.refresh(MID_JUNE)
        page.reload()
        expect(page.locator(".figures dd b").first).to_have_text("1")


def test_s72_changes_after_the_end_do_not_move_it(open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal) -> None:
    page = open_page()
    desk.is_read_until(JULY)
    with time_machine.travel(JULY, tick=False):
        sign_in(page, desk.anna)
        desk.refresh(JULY)
        page.goto(address(goal))
        expect(page.get_by_role("main")).to_contain_text("Provisional until 2\u00a0Jul")
    with time_machine.travel(JULY + 5 * DAY, tick=False):
        desk.refresh(JULY + 2 * DAY)
        desk.reopens("Celina", at_eight(2)[0], JULY + 3 * DAY)
        desk.refresh(JULY + 4 * DAY)
        # The session is over by now.
        sign_in(page, desk.anna)
        page.goto(address(goal))
        expect(page.locator(".figures dd b").first).to_have_text("2")
        expect(page.get_by_role("main")).to_contain_text("With later changes it would now be 1.")
        page.goto("/goals?from=2026-06-01&to=2026-06-30")
        expect(page.locator("tr", has_text="Celina")).to_contain_text("Achieved")


@pytest.mark.parametrize(
    ("language", "final", "later"),
    [
        ("en", "Final since", "With later changes it would now be 1."),
        ("pl", "Ostateczny od", "Z późniejszymi zmianami byłoby teraz 1."),
    ],
)
def test_what_is_final_says_since_when_and_what_later_changes_would_make_of_it(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal, *, language: Language, final: str, later: str
) -> None:
    Goal.objects.update(name="Tickets closed 2026")
    desk.is_read_until(JULY)
    desk.refresh(JULY + 2 * DAY)
    page = open_page(language=language, width=1120, height=620)
    with time_machine.travel(JULY + 5 * DAY, tick=False):
        sign_in(page, desk.anna)
        page.goto(address(goal))
        expect(page.get_by_role("main")).to_contain_text(final)
        picture(page, "final", language)
        desk.reopens("Celina", at_eight(2)[0], JULY + 3 * DAY)
        desk.refresh(JULY + 4 * DAY)
        page.goto(address(goal))
        expect(page.get_by_role("main")).to_contain_text(later)
        picture(page, "restated", language)


def test_s73_progress_of_who_was_deactivated_stops(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal
) -> None:
    desk.refresh(MID_JUNE)
    people.deactivate(desk.person("Celina"), by=desk.anna, now=MID_JUNE)
    desk.solves("Celina", at_eight(18))
    desk.is_read_until(JULY)
    desk.refresh(JULY)
    page = open_page()
    with time_machine.travel(JULY, tick=False):
        sign_in(page, desk.anna)
        page.goto(address(goal))
        expect(page.locator(".figures dd b").first).to_have_text("2")
        expect(page.get_by_role("main")).to_contain_text("Stopped on 16\u00a0Jun\u00a02026")


def test_s74_the_last_calculated_value_stays_visible_with_its_moment(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal
) -> None:
    people.deactivate(desk.person("Celina"), by=desk.anna, now=MID_JUNE)
    desk.refresh(JULY + 30 * DAY)
    page = open_page()
    with time_machine.travel(JULY + 30 * DAY, tick=False):
        sign_in(page, desk.anna)
        page.goto(address(goal))
        expect(page.locator(".figures dd b").first).to_have_text("2")
        expect(page.get_by_text("Last calculated Tue\u00a016\u00a0Jun\u00a02026,\u00a000:00.")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_a_final_result_is_reopened_changed_and_finalised_with_a_choice(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, goal: Goal, language: Language, theme: Theme
) -> None:
    desk.is_read_until(JULY)
    desk.refresh(JULY + DAY)
    desk.reopens("Celina", at_eight(2)[0], JULY + DAY)
    page = open_page(language=language, theme=theme)
    with time_machine.travel(JULY + 3 * DAY, tick=False):
        sign_in(page, desk.anna)
        page.goto(address(goal))
        assert axe(page) == []
        page.locator(".standing .button").click()
        page.locator("button.primary").click()
        expect(page.locator("#reason-mistake")).to_be_visible()
        page.locator("#reason").fill("The target was agreed to be one.")
        assert axe(page) == []
        page.locator("button.primary").click()
        expect(page).to_have_url(re.compile(f"{address(goal)}$"))
        assert axe(page) == []
        page.locator(".standing .button").click()
        expect(page.locator(".bases b")).to_have_text(["2", "1"])
        assert axe(page) == []
        page.locator("input[value=later]").check()
        page.locator("button.primary").click()
        expect(page.locator(".figures dd b").first).to_have_text("1")
        expect(page.locator(".told li")).to_have_count(2)
