"""Who is told what of a goal."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.goals import notices
from milepost.goals.notices import Audience, Notice

CHOICES = st.fixed_dictionaries({kind: st.frozensets(st.sampled_from(Audience)) for kind in Notice})


@given(CHOICES)
def test_choices_are_read_as_they_were_kept(choices: notices.Choices) -> None:
    assert notices.from_json(notices.to_json(choices)) == choices


def test_a_kind_that_was_not_kept_is_told_to_nobody() -> None:
    assert notices.from_json({"kickoff": ["person"]})[Notice.MISSED] == frozenset()


def test_at_first_a_person_is_told_everything_and_the_lead_what_came_of_it() -> None:
    usual = notices.from_json(notices.usual())
    assert all(Audience.PERSON in audiences for audiences in usual.values())
    leads = {kind for kind, audiences in usual.items() if Audience.LEAD in audiences}
    assert leads == {Notice.WEEKLY_PROGRESS, Notice.ACHIEVED, Notice.EXCEEDED, Notice.MISSED}
