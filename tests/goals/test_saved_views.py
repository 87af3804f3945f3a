"""Views that a user saves under a name."""

from datetime import UTC, datetime

import pytest

from milepost.base.errors import Refused
from milepost.goals import saved_views
from milepost.goals.models import SavedView
from milepost.history.models import Change
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def test_a_view_is_saved_renamed_and_deleted_with_its_history(cast: Cast) -> None:
    view = saved_views.save(" Missed ", "status=missed", by=cast.anna, now=NOW)
    saved_views.rename(view, "All missed", by=cast.anna, now=NOW)
    assert SavedView.objects.get().name == "All missed"
    saved_views.delete(view, by=cast.anna, now=NOW)
    assert not SavedView.objects.exists()
    verbs = Change.objects.filter(thing_kind="savedview").values_list("verb", flat=True)
    assert list(verbs) == ["deleted", "renamed", "saved"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(" ", "Give the view a name."), ("x" * 41, r"40 characters or fewer \(now 41\)"), ("MISSED", "already a view")],
)
def test_a_name_that_cannot_be_is_refused(cast: Cast, name: str, sentence: str) -> None:
    saved_views.save("Missed", "status=missed", by=cast.anna, now=NOW)
    with pytest.raises(Refused, match=sentence):
        saved_views.save(name, "", by=cast.anna, now=NOW)


def test_a_view_keeps_its_own_name_and_others_may_have_the_same(cast: Cast) -> None:
    view = saved_views.save("Missed", "", by=cast.anna, now=NOW)
    saved_views.rename(view, "missed", by=cast.anna, now=NOW)
    saved_views.save("Missed", "", by=cast.ewa, now=NOW)
    assert SavedView.objects.count() == 2


def test_views_are_bounded(cast: Cast) -> None:
    for number in range(saved_views.MOST):
        saved_views.save(f"View {number}", "", by=cast.anna, now=NOW)
    with pytest.raises(Refused, match="You have 20 views"):
        saved_views.save("One more", "", by=cast.anna, now=NOW)
