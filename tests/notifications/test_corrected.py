"""Verdicts: who hears them when, and who hears that one was corrected. The verdict is plain data here."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import CharField, DateTimeField, DecimalField, IntegerField, QuerySet, Value

from milepost.account.sealed import seal
from milepost.goals.models import Target
from milepost.goals.status import Status
from milepost.notifications import finals
from milepost.notifications.models import Hook, Notice
from tests.notifications.conftest import House


@dataclass
class Verdicts:
    """The verdict that stands of all targets, and how many there were."""

    number: int = 0
    status: Status | None = None

    def judge(self, status: Status) -> None:
        """Another one."""
        self.number, self.status = self.number + 1, status

    def reopen(self) -> None:
        """None stands."""
        self.status = None

    def of(self, targets: QuerySet[Target]) -> QuerySet[Any, Any]:
        """In the place of `finals.with_verdict`."""
        return targets.annotate(
            verdict_number=Value(self.number, IntegerField()),
            verdict_status=Value(self.status, CharField(null=True)),
            verdict_shown=Value(Decimal(12), DecimalField(max_digits=16, decimal_places=4)),
            verdict_progress=Value(40, IntegerField()),
            verdict_reopened_at=Value(None, DateTimeField(null=True)),
        )


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> Verdicts:
    found = Verdicts()
    monkeypatch.setattr(finals, "with_verdict", found.of)
    return found


@pytest.fixture
def ended(house: House) -> Target:
    """Celina's March, which has ended and is not final."""
    target = house.target(house.goal())
    house.looks()
    house.stands(target, 12)
    house.pass_(days=20)
    house.looks()
    return target


def kinds(*, since: int = 0) -> list[tuple[str, str]]:
    """What users were told of how March went."""
    found = Notice.objects.filter(user__isnull=False, milestone__first_day__month=3).order_by("pk")
    told = found.exclude(kind__in=["kickoff", "weekly_progress"])
    return list(told.values_list("user__name", "kind"))[since:]


def test_a_miss_is_told_when_it_is_final_to_the_person_and_a_day_later_to_the_lead(
    house: House, ended: Target, verdicts: Verdicts
) -> None:
    assert kinds() == []
    verdicts.judge(Status.MISSED)
    house.looks()
    celina, bartek = house.cast.celina, house.cast.bartek
    assert ("Celina", "missed") in house.told(celina)
    house.pass_(hours=23, minutes=59)
    assert ("Bartek", "missed") not in house.told(bartek)
    house.pass_(minutes=1)
    assert ("Bartek", "missed") in house.told(bartek)


def test_one_correction_goes_to_those_who_heard_the_first_verdict(
    house: House, ended: Target, verdicts: Verdicts
) -> None:
    verdicts.judge(Status.MISSED)
    house.looks()
    house.pass_(days=2)
    verdicts.reopen()
    house.looks()
    assert kinds() == [("Celina", "missed"), ("Bartek", "missed")]
    verdicts.judge(Status.ACHIEVED)
    house.looks()
    house.looks()
    assert kinds(since=2) == [("Celina", "corrected"), ("Bartek", "corrected")]
    corrected = Notice.objects.filter(kind="corrected")[0]
    assert (corrected.occasion, corrected.numbers["status"]) == ("2", "achieved")


def test_a_lead_who_was_still_to_hear_of_a_miss_hears_only_what_it_came_to(
    house: House, ended: Target, verdicts: Verdicts
) -> None:
    verdicts.judge(Status.MISSED)
    house.looks()
    verdicts.judge(Status.ACHIEVED)
    house.looks()
    assert kinds() == [("Celina", "missed"), ("Celina", "corrected"), ("Bartek", "corrected")]


def test_a_goal_that_tells_nobody_of_results_corrects_none(house: House, verdicts: Verdicts) -> None:
    goal = house.goal()
    goal.notices = {}
    goal.save()
    house.stands(house.target(goal), 12)
    house.looks()
    house.pass_(days=20)
    for status in (Status.MISSED, Status.ACHIEVED):
        verdicts.judge(status)
        house.looks()
    assert house.told() == []


def test_a_last_afternoon_is_announced_when_it_is_final(house: House, ended: Target, verdicts: Verdicts) -> None:
    house.stands(ended, 30, running=Status.ACHIEVED, ended=Status.ACHIEVED)
    house.looks()
    assert kinds() == []
    verdicts.judge(Status.ACHIEVED)
    house.looks()
    assert kinds() == [("Celina", "achieved"), ("Bartek", "achieved")]


def test_a_channel_hears_of_a_miss_of_a_team_a_day_later_and_of_its_correction(
    house: House, verdicts: Verdicts
) -> None:
    Hook.objects.create(
        name="Support",
        make=Hook.Make.SLACK,
        address=seal("https://hooks.example.org/secret"),
        kinds=["missed"],
        language="en",
        created_at=house.now,
    )
    goal = house.goal(teams=[house.cast.frontline])
    for name in ("Celina", "Frontline"):
        house.stands(house.target(goal, name), 12)
    house.looks()
    house.pass_(days=20)
    verdicts.judge(Status.MISSED)
    house.looks()
    posted = Notice.objects.filter(hook__isnull=False, milestone__first_day__month=3).order_by("pk")
    (missed,) = posted
    assert missed.visible_at == house.now + timedelta(days=1)
    assert str(missed.target.contributor) == "Frontline"
    house.pass_(days=2)
    verdicts.judge(Status.ACHIEVED)
    house.looks()
    assert list(posted.values_list("kind", flat=True)) == ["missed", "corrected"]
