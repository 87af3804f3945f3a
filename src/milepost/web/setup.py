"""The set-up: who sees which part of it, and who may change it. A part that is not seen is not there."""

from milepost.base.errors import NotAllowed, NotFound
from milepost.base.marks import gettext_noop
from milepost.people import roles
from milepost.people.models import User
from milepost.people.roles import Place, Role

NOTHING = gettext_noop("Nothing here.")
NOT_TO_CHANGE = gettext_noop("You can see this but not change it.")


def may_see(user: User, place: Place) -> bool:
    """Whether a part of the set-up is there for this user."""
    return roles.sees(Role(user.role), place)


def may_change(user: User, place: Place) -> bool:
    """Whether this user may change it."""
    return roles.changes(Role(user.role), place)


def check_sees(user: User, place: Place) -> None:
    """Answer like an address that was never there."""
    if not may_see(user, place):
        raise NotFound(NOTHING)


def check_changes(user: User, place: Place) -> None:
    """Refuse who may only read."""
    check_sees(user, place)
    if not may_change(user, place):
        raise NotAllowed(NOT_TO_CHANGE)
