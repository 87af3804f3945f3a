"""What each role may do: a capability and how far it reaches."""

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
    """What may be done with goals."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"


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

# Administrators run the system and do not see individual results by default (ux.md 5.1): their own goals only.
# An observer reads team results, which is a matter of the rows, not of the goals: see `individuals`.
SCOPES: Final[dict[Role, dict[Capability, Scope]]] = {
    Role.ADMIN: dict.fromkeys(Capability, Scope.OWN),
    Role.MANAGER: dict.fromkeys(Capability, Scope.ALL),
    Role.LEAD: dict.fromkeys(Capability, Scope.MY_TEAMS),
    Role.AGENT: dict.fromkeys(Capability, Scope.OWN),
    Role.VIEWER: {
        Capability.VIEW: Scope.ALL,
        Capability.CREATE: Scope.NONE,
        Capability.EDIT: Scope.NONE,
        Capability.DELETE: Scope.NONE,
    },
    Role.OBSERVER: {
        Capability.VIEW: Scope.ALL,
        Capability.CREATE: Scope.NONE,
        Capability.EDIT: Scope.NONE,
        Capability.DELETE: Scope.NONE,
    },
}


def scope(role: Role, capability: Capability) -> Scope:
    """How far `capability` reaches for `role`."""
    return SCOPES[role][capability]
