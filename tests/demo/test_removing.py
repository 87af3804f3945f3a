"""Removing demo data takes out all that came with them or rests on them, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.test import Client

from milepost.account import actions as account
from milepost.account import working_hours
from milepost.account.models import Calendar
from milepost.account.queries import the_account
from milepost.base.errors import NotFound
from milepost.demo import removing
from milepost.goals import actions as goals
from milepost.goals.models import Goal
from milepost.history.models import Change
from milepost.notifications.models import Delivery, Hook, Notice
from milepost.people import actions as people
from milepost.people.models import Person, Team
from milepost.progress.measure import refresh
from milepost.progress.models import Verdict
from milepost.sources import sync, who_is_who
from milepost.sources.models import Demo, Identity, Source
from milepost.tickets.store import Busy
from milepost.tickets.store.lock import writing
from tests.calendars.schedules import nine_to_five
from tests.demo.conftest import NOW, House

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
# What is told of it, and what is done again and again.
STAYS = {"history_change", "worker_job"}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but those that tell of what was done."""
    models = [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table not in STAYS]
    return {one._meta.db_table: list(QuerySet(one).order_by("pk").values_list()) for one in models}


def group(number: int = 0) -> Team:
    """A team that came with the demo."""
    return Team.objects.filter(name__startswith="Group").order_by("pk")[number]


def resolver(number: int = 0) -> Person:
    """A person who came with the demo."""
    return Person.objects.filter(name__startswith="Resolver").order_by("pk")[number]


def test_everything_is_as_it_was(house: House) -> None:
    account.change(by=None, now=NOW, name="Kestrel", zone="Europe/Warsaw", exceeded_above=105)
    working_hours.set_hours(nine_to_five(), team=house.cast.frontline.pk, valid_from=None, by=None, now=NOW)
    browser = Client()
    browser.force_login(house.gosia)
    before = everything()
    house.wishes()
    house.works()
    assert the_account().exceeded_above == 110
    removing.remove(by=house.gosia, now=LATER)
    assert everything() == before
    assert sync.store().manifest().sources == {}
    assert list(sync.store().folder.glob("*.parquet")) == []
    assert list(sync.store().folder.glob("*.kept")) == []
    assert browser.get("/setup/start").status_code == 200
    assert Session.objects.count() == 1


def test_history_tells_who_loaded_and_who_removed_them(loaded: House) -> None:
    removing.remove(by=loaded.gosia, now=LATER)
    told = Change.objects.filter(thing_kind="demo").order_by("pk").values_list("verb", "actor_name", "at")
    assert list(told) == [("loaded", "Gosia", NOW), ("removed", "Gosia", LATER)]


def test_once_removed_they_can_be_loaded_again(loaded: House) -> None:
    held = Goal.objects.count()
    removing.remove(by=loaded.gosia, now=LATER)
    assert not Goal.objects.exists()
    loaded.wishes()
    loaded.works()
    assert Goal.objects.count() == held
    removing.remove(by=loaded.gosia, now=LATER)
    with pytest.raises(NotFound):
        removing.remove(by=loaded.gosia, now=LATER)


def test_what_was_set_over_the_demo_goes_with_it_and_what_is_real_stays(loaded: House, new_goal: Any) -> None:
    cast = loaded.cast
    own = goals.create(new_goal("Over a group", teams=[group()], value=Decimal(5)), by=cast.anna, now=NOW)
    mixed = goals.create(
        new_goal("Over both", teams=[group(), cast.frontline], value=Decimal(5)), by=cast.anna, now=NOW
    )
    real = goals.create(new_goal("Frontline alone", teams=[cast.frontline], value=Decimal(5)), by=cast.anna, now=NOW)
    people.join(cast.person(cast.celina), group(), since=NOW, by=None, now=NOW)
    people.join(resolver(), cast.frontline, since=NOW, by=None, now=NOW)
    working_hours.set_hours(nine_to_five(), team=group().pk, valid_from=None, by=None, now=NOW)
    refresh(store=sync.store(), now=LATER)
    removing.remove(by=loaded.gosia, now=LATER)
    assert set(Goal.objects.all()) == {mixed, real}
    assert [str(one) for one in mixed.contributors.all()] == ["Frontline"]
    assert not Goal.objects.filter(pk=own.pk).exists()
    assert cast.person(cast.celina).memberships.get().team == cast.frontline
    assert cast.frontline.memberships.count() == 3
    assert not Calendar.objects.exists()


def test_a_person_who_was_made_one_with_an_agent_of_the_demo_stays(loaded: House) -> None:
    celina = loaded.cast.person(loaded.cast.celina)
    first, second = Identity.objects.filter(kind=Identity.Kind.AGENT).order_by("pk")[:2]
    who_is_who.unite(first, celina, by=None, now=NOW)
    who_is_who.unite(second, celina, by=None, now=NOW)
    who_is_who.separate(second, by=None, now=NOW)
    removing.remove(by=loaded.gosia, now=LATER)
    assert set(Person.objects.values_list("name", flat=True)) == {"Bartek", "Celina", "Dawid", "Ewa"}


def test_a_team_that_has_the_name_of_a_group_is_nobody_elses(house: House) -> None:
    own = people.create_team("Group 70", by=None, now=NOW)
    house.wishes()
    house.works()
    assert Identity.objects.filter(team=own).exists()
    removing.remove(by=house.gosia, now=LATER)
    assert set(Team.objects.all()) == {own, house.cast.frontline, house.cast.billing}


def test_a_setting_that_was_changed_meanwhile_stays(loaded: House) -> None:
    account.change(by=loaded.gosia, now=NOW, exceeded_above=115)
    removing.remove(by=loaded.gosia, now=LATER)
    assert the_account().exceeded_above == 115


def test_nothing_of_the_demo_leaves_the_house(house: House, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    house.wishes()
    house.works("demo", "notice")
    Hook.objects.create(name="Posts", make="slack", address="", kinds=["achieved"], language="en", created_at=NOW)
    next_week = replace(house, now=NOW + timedelta(days=12))
    next_week.works("refresh", "notice")
    assert Notice.objects.exists() or Verdict.objects.exists()
    assert not Delivery.objects.exists()


def test_a_channel_for_groups_of_the_demo_does_not_become_one_for_all(loaded: House) -> None:
    alone, both = (
        Hook.objects.create(name=name, make="slack", address="", kinds=[], language="en", created_at=NOW)
        for name in ("Alone", "Both")
    )
    alone.teams.set([group()])
    both.teams.set([group(), loaded.cast.frontline])
    removing.remove(by=loaded.gosia, now=LATER)
    assert set(Hook.objects.filter(switched_off_at__isnull=True)) == {both}
    assert set(both.teams.all()) == {loaded.cast.frontline}


def test_while_somebody_writes_facts_nothing_is_removed(loaded: House) -> None:
    before = everything()
    with writing(sync.store().folder), pytest.raises(Busy):
        removing.remove(by=loaded.gosia, now=LATER)
    assert everything() == before
    assert sync.store().manifest().sources


def test_a_wish_that_was_not_fulfilled_is_taken_back(house: House) -> None:
    house.wishes()
    removing.remove(by=house.gosia, now=LATER)
    assert not Demo.objects.exists()
    house.works()
    assert not Source.objects.exists()


def refused(statement: str, values: Sequence[str | int] = ()) -> bool:
    """Whether the database refuses a statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, list(values))
    except DatabaseError as error:
        return "only added" in str(error)
    return False


@pytest.mark.parametrize(
    ("sources", "stays"),
    [
        (["demo-20261126"], 0),
        (["demo-20261126", "demo-20261127"], 0),
        (["demo-20261126", "redmine"], 1),
        (["redmine"], 1),
        (["demo-2026112"], 1),
        (["demo-202611261"], 1),
        (["my-demo-20261126"], 1),
        (["demo-2026112a"], 1),
        ([], 1),
    ],
)
def test_the_database_lets_go_of_verdicts_of_the_demo_alone(
    cast: Any, new_goal: Any, sources: list[str], stays: int
) -> None:
    goal = goals.create(new_goal("Closed", teams=[cast.frontline], form_key=uuid4()), by=cast.anna, now=NOW)
    target = goal.contributors.get().targets.order_by("pk")[0]
    verdict = Verdict.objects.create(
        target=target,
        number=1,
        judged_at=NOW,
        basis="end",
        status="missed",
        sample=0,
        measured_at=datetime(2026, 2, 1, tzinfo=UTC),
        pipelines=[],
        measure={},
        rules={},
        watermarks={name: [None, None] for name in sources},
    )
    assert refused("UPDATE progress_verdict SET status = 'achieved'")
    assert refused("UPDATE progress_verdict SET watermarks = %s", ['{"demo-20261126": [null, null]}'])
    assert refused("DELETE FROM progress_verdict WHERE id = %s", [verdict.pk]) == bool(stays)
    assert Verdict.objects.count() == stays
