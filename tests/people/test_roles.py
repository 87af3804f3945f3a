"""How far each capability of a role reaches."""

import pytest

from milepost.people.roles import NAMES, SCOPES, Capability, Role, Scope, scope

MANAGING = [Capability.CREATE_GOALS, Capability.EDIT_GOALS, Capability.DELETE_GOALS]


@pytest.mark.parametrize(
    ("role", "reach"),
    [
        (Role.MANAGER, Scope.ALL),
        (Role.LEAD, Scope.MY_TEAMS),
        (Role.AGENT, Scope.OWN),
        (Role.ADMIN, Scope.OWN),
        (Role.VIEWER, Scope.OWN),
        (Role.OBSERVER, Scope.NONE),
    ],
)
def test_a_role_sees_and_manages_as_far_as_this(role: Role, reach: Scope) -> None:
    assert {scope(role, capability) for capability in Capability if capability is not Capability.REOPEN_GOALS} == {
        reach
    }


@pytest.mark.parametrize("role", Role)
def test_finals_are_reopened_by_managers_and_leads_with_a_seat(role: Role) -> None:
    reach = {Role.MANAGER: Scope.ALL, Role.LEAD: Scope.MY_TEAMS}.get(role, Scope.NONE)
    assert scope(role, Capability.REOPEN_GOALS) is reach
    assert scope(role, Capability.REOPEN_GOALS, seat=False) is Scope.NONE


@pytest.mark.parametrize("role", Role)
def test_without_a_seat_nobody_manages_the_goals_of_others(role: Role) -> None:
    assert {scope(role, capability, seat=False) for capability in MANAGING} <= {Scope.OWN, Scope.NONE}


@pytest.mark.parametrize("role", Role)
def test_a_seat_makes_no_difference_to_what_is_seen(role: Role) -> None:
    with_seat, without = (scope(role, Capability.SEE_INDIVIDUALS, seat=seat) for seat in (True, False))
    assert with_seat is without


def test_every_role_has_a_name_and_a_reach_for_everything() -> None:
    assert set(NAMES) == set(SCOPES) == set(Role)
    assert all(set(reaches) == set(Capability) for reaches in SCOPES.values())
