"""History says who changed what, and outlives both."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.history.models import Change
from milepost.history.record import record
from milepost.people.models import Person, User
from milepost.people.roles import Role

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def test_an_entry_keeps_names_so_that_it_outlives_the_user_and_the_thing() -> None:
    anna = User.objects.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER)
    celina = Person.objects.create(name="Celina")
    record("renamed", celina, by=anna, now=NOW, before={"name": "Cela"}, after={"name": "Celina"}, reason="typo")
    number = str(celina.pk)
    anna.delete()
    celina.delete()
    kept = Change.objects.get()
    assert (kept.actor_name, str(kept), kept.thing_id) == ("Anna", "renamed person Celina", number)
    assert (kept.at, kept.before, kept.after, kept.reason) == (NOW, {"name": "Cela"}, {"name": "Celina"}, "typo")


def test_without_an_actor_it_was_milepost_itself() -> None:
    record("created", Person.objects.create(name="Celina"), by=None, now=NOW)
    assert Change.objects.get().actor_name == "Milepost"


def test_the_newest_entry_comes_first() -> None:
    celina = Person.objects.create(name="Celina")
    for days, verb in enumerate(("created", "renamed", "deactivated")):
        record(verb, celina, by=None, now=NOW + timedelta(days=days))
    assert list(Change.objects.values_list("verb", flat=True)) == ["deactivated", "renamed", "created"]


def test_a_long_name_is_cut_rather_than_refused() -> None:
    record("created", Person(pk=1, name="x" * 300), by=None, now=NOW)
    assert len(Change.objects.get().thing_name) == 200
