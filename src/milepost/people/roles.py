"""What each role may do: a capability and how far it reaches. The table of the roles in docs/guide/roles.md."""

from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop


class Role(StrEnum):
    """The roles of an account; one per user."""

    ADMIN = "admin"
    MANAGER = "manager"
    LEAD = "lead"
    AGENT = "agent"
    VIEWER = "viewer"
    OBSERVER = "observer"


class Capability(StrEnum):
    """What may be done. Results of teams may be seen by everyone who can sign in."""

    SEE_INDIVIDUALS = "see_individuals"
    CREATE_GOALS = "create_goals"
    EDIT_GOALS = "edit_goals"
    DELETE_GOALS = "delete_goals"
    REOPEN_GOALS = "reopen_goals"


class Place(StrEnum):
    """A part of the set-up, which a role may see, or change too."""

    PEOPLE = "people"
    USERS = "users"
    SETTINGS = "settings"


class Scope(StrEnum):
    """How far a capability reaches."""

    ALL = "all"
    MY_TEAMS = "my_teams"
    OWN = "own"
    NONE = "none"


NAMES: Final = {
    Role.ADMIN: gettext_noop("Administrator"),
    Role.MANAGER: gettext_noop("Support manager"),
    Role.LEAD: gettext_noop("Team lead"),
    Role.AGENT: gettext_noop("Agent"),
    Role.VIEWER: gettext_noop("Viewer"),
    Role.OBSERVER: gettext_noop("Observer"),
}

# What was final is opened again by those who answer for others, with a seat.
NO_REOPENING: Final = {Capability.REOPEN_GOALS: Scope.NONE}
# Administrators run the system and see no individual results but their own: who administers does not judge.
SCOPES: Final[dict[Role, dict[Capability, Scope]]] = {
    Role.ADMIN: dict.fromkeys(Capability, Scope.OWN) | NO_REOPENING,
    Role.MANAGER: dict.fromkeys(Capability, Scope.ALL),
    Role.LEAD: dict.fromkeys(Capability, Scope.MY_TEAMS),
    Role.AGENT: dict.fromkeys(Capability, Scope.OWN) | NO_REOPENING,
    Role.VIEWER: dict.fromkeys(Capability, Scope.OWN) | NO_REOPENING,
    Role.OBSERVER: dict.fromkeys(Capability, Scope.NONE),
}

# Who runs the system decides who may sign in; who manages by the numbers keeps the people and the rules in order.
SEEN: Final = {
    Place.PEOPLE: frozenset({Role.ADMIN, Role.MANAGER, Role.OBSERVER}),
    Place.USERS: frozenset({Role.ADMIN, Role.MANAGER, Role.OBSERVER}),
    Place.SETTINGS: frozenset({Role.ADMIN, Role.MANAGER, Role.OBSERVER}),
}
CHANGED: Final = {
    Place.PEOPLE: frozenset({Role.ADMIN, Role.MANAGER}),
    Place.USERS: frozenset({Role.ADMIN}),
    Place.SETTINGS: frozenset({Role.ADMIN, Role.MANAGER}),
}


def sees(role: Role, place: Place) -> bool:
    """Whether a part of the set-up is there for this role."""
    return role in SEEN[place]


def changes(role: Role, place: Place) -> bool:
    """Whether this role may change it."""
    return role in CHANGED[place]


# Who says when the account and its teams work; everybody may see it.
SETS_WORKING_HOURS: Final = frozenset({Role.ADMIN, Role.MANAGER})

# Whose absences each role enters; everybody sees their own. Observers do not: when somebody is ill is no result.
KEEPS_ABSENCES: Final = {Role.ADMIN: Scope.ALL, Role.MANAGER: Scope.ALL, Role.LEAD: Scope.MY_TEAMS}


def scope(role: Role, capability: Capability, *, seat: bool = True) -> Scope:
    """How far `capability` reaches for `role`. Without a seat a user manages no goals but their own."""
    reach = SCOPES[role][capability]
    if seat or capability is Capability.SEE_INDIVIDUALS or reach not in {Scope.ALL, Scope.MY_TEAMS}:
        return reach
    return Scope.NONE if capability is Capability.REOPEN_GOALS else Scope.OWN
