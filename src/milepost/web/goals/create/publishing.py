"""From a plan to a goal: what is wrong with it, and making it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from milepost.base.errors import Refused
from milepost.calendars.periods import Duration
from milepost.goals import actions, drafts, notices
from milepost.goals.actions import NewGoal
from milepost.goals.models import Draft, Goal
from milepost.people.models import Person, Team
from milepost.progress.measure import refresh
from milepost.sources import sync
from milepost.web.errors import sentence
from milepost.web.goals.create.desk import Contributor, Desk, key_of
from milepost.web.goals.create.plan import Plan, rows_of


def mistakes(plan: Plan, desk: Desk, key: UUID) -> dict[str, str]:
    """What is wrong with a plan, in sentences, by the field to mend; empty when it can be published."""
    found = {}
    try:
        plan.periods(desk)
    except Refused as refused:
        found["days"] = sentence(refused)
        # The other fields are checked all the same, on days that are right.
        plan = Plan.from_json(plan.to_json() | {"duration": Duration.YEARLY.value})
    if not plan.measure:
        return found | {"measure": _("Choose what to measure.")}
    problems = actions.problems(new_goal(plan, desk, key), by=desk.user, now=desk.now)
    return {name: sentence(problem) for name, problem in problems.items()} | found


def new_goal(plan: Plan, desk: Desk, key: UUID) -> NewGoal:
    """What the rules of goals ask for; refuses days that are no periods."""
    periods = plan.periods(desk)
    contributors = desk.found(rows_of(plan, desk))
    teams = [one for one in contributors if isinstance(one, Team)]
    ordinals = {period.first_day.isoformat(): ordinal for ordinal, period in enumerate(periods)}
    return NewGoal(
        name=plan.name,
        template=plan.template,
        measure=plan.measured,
        duration=Duration(plan.duration),
        first_day=periods[0].first_day,
        after_day=periods[-1].after_day,
        zone=desk.zone,
        form_key=key,
        teams=teams,
        persons=[one for one in contributors if isinstance(one, Person)],
        values=_values(plan, contributors, ordinals),
        pipelines=plan.pipelines,
        pipelines_of={one: plan.pipelines_of[key_of(one)] for one in contributors if key_of(one) in plan.pipelines_of},
        forecast=plan.forecast,
        notices=notices.from_json({kind: list(audiences) for kind, audiences in plan.notices.items()}),
        note=plan.note,
        team_by=plan.made_by(teams),
    )


def publish(draft: Draft, plan: Plan, desk: Desk) -> Goal:
    """Make the goal of a draft and measure it, so that its page is right at once."""
    # Business hours that were set a moment ago are in the facts before a goal is measured by them.
    sync.retime()
    goal = drafts.publish(draft, new_goal(plan, desk, draft.key), now=desk.now)
    made = Goal.objects.visible_to(desk.user, now=desk.now).filter(pk=goal.pk)
    refresh(store=sync.store(), now=desk.now, goals=made)
    return goal


def _values(
    plan: Plan, contributors: Sequence[Contributor], ordinals: Mapping[str, int]
) -> dict[tuple[Contributor, int], Decimal | None]:
    return {
        (one, ordinals[day]): Decimal(value)
        for one in contributors
        for day, value in plan.targets.get(key_of(one), {}).items()
        if day in ordinals
    }
