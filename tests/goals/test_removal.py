"""Removing contributors, archiving goals, and the way back from both."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from milepost.base.errors import NotAllowed, Refused
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.models import Contributor, Goal, Target
from milepost.history.models import Change
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.fixture
def goal(cast: Cast, new_goal: Callable[..., NewGoal]) -> Goal:
    """Celina, Dawid and Ewa close tickets."""
    persons = [cast.person(one) for one in (cast.celina, cast.dawid, cast.ewa)]
    return actions.create(new_goal("Tickets closed 2026", persons=persons), by=cast.anna, now=NOW)


def keys(goal: Goal, *names: str) -> list[int]:
    return [one.pk for one in goal.contributors.all() if str(one) in names]


def there(cast: Cast) -> set[str]:
    return {str(one.contributor) for one in Target.objects.visible_to(cast.anna, now=NOW)}


def test_who_is_removed_is_in_no_list_and_nothing_is_lost(cast: Cast, goal: Goal) -> None:
    removed = actions.remove(keys(goal, "Celina", "Dawid"), by=cast.anna, now=NOW)
    assert [str(one) for one in removed] == ["Celina", "Dawid"]
    assert there(cast) == {"Ewa"}
    assert Target.objects.count() == 36


def test_history_says_who_removed_whom_and_the_goal_has_a_new_revision(cast: Cast, goal: Goal) -> None:
    actions.remove(keys(goal, "Celina"), by=cast.anna, now=NOW)
    change = Change.objects.get(verb="removed")
    assert (change.actor_name, change.thing_name, change.after) == ("Anna", "Celina", {"goal": goal.pk})
    assert Goal.objects.get().revision == goal.revision + 1


def test_undoing_brings_back_what_was_there(cast: Cast, goal: Goal) -> None:
    actions.remove(keys(goal, "Celina"), by=cast.anna, now=NOW)
    actions.bring_back(keys(goal, "Celina"), by=cast.anna, now=NOW)
    assert there(cast) == {"Celina", "Dawid", "Ewa"}
    assert Change.objects.filter(verb="brought back").count() == 1


def test_removing_twice_is_once(cast: Cast, goal: Goal) -> None:
    actions.remove(keys(goal, "Celina"), by=cast.anna, now=NOW)
    assert actions.remove(keys(goal, "Celina"), by=cast.anna, now=NOW) == []
    assert Change.objects.filter(verb="removed").count() == 1


def test_who_may_not_edit_the_goal_removes_nobody(cast: Cast, goal: Goal) -> None:
    for other in (cast.bartek, cast.celina, cast.ewa):
        with pytest.raises(NotAllowed):
            actions.remove(keys(goal, "Celina"), by=other, now=NOW)
    assert there(cast) == {"Celina", "Dawid", "Ewa"}


def test_all_go_or_none(cast: Cast, goal: Goal, new_goal: Callable[..., NewGoal]) -> None:
    own = actions.create(new_goal("Own", persons=[cast.person(cast.celina)]), by=cast.celina, now=NOW)
    both = [*keys(own, "Celina"), *keys(goal, "Dawid")]
    with pytest.raises(NotAllowed):
        actions.remove(both, by=cast.celina, now=NOW)
    assert not Contributor.objects.filter(removed_at__isnull=False).exists()


def test_an_archived_goal_comes_back(cast: Cast, goal: Goal) -> None:
    actions.archive(goal, by=cast.anna, now=NOW)
    actions.restore(goal, by=cast.anna, now=NOW)
    assert Goal.objects.get().archived_at is None
    assert list(Change.objects.filter(thing_kind="goal").values_list("verb", flat=True)) == [
        "restored",
        "archived",
        "created",
    ]


def test_a_goal_does_not_come_back_beside_one_of_its_name(
    cast: Cast, goal: Goal, new_goal: Callable[..., NewGoal]
) -> None:
    actions.archive(goal, by=cast.anna, now=NOW)
    actions.create(new_goal("tickets CLOSED 2026", persons=[cast.person(cast.ewa)]), by=cast.anna, now=NOW)
    with pytest.raises(Refused, match="There is already a goal called"):
        actions.restore(goal, by=cast.anna, now=NOW)


def test_who_may_not_edit_it_restores_nothing(cast: Cast, goal: Goal) -> None:
    actions.archive(goal, by=cast.anna, now=NOW)
    with pytest.raises(NotAllowed):
        actions.restore(goal, by=cast.bartek, now=NOW)
