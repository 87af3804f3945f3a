"""Changing users: as what they sign in, and whether they manage the goals of others."""

from datetime import datetime

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor, record
from milepost.people import seats
from milepost.people.models import Person, User
from milepost.people.roles import Role

NO_NAME = gettext_noop("Give it a name.")
PERSON_TAKEN = gettext_noop("%(person)s is already linked to another user.")
LAST_ADMIN = gettext_noop("Somebody has to run Milepost. Make another user an administrator first.")
NO_SEAT = gettext_noop("All %(count)s seats are taken. Take one from somebody, or raise the limit.")


@transaction.atomic
def change_user(user: User, *, name: str, role: Role, person: Person | None, by: Actor | None, now: datetime) -> None:
    """Give a user another name, role or person."""
    held = _held(user)
    if not name.strip():
        raise Refused(NO_NAME)
    if role is not Role.ADMIN:
        _check_last_admin(held)
    check_person(person, held)
    before = _of(held)
    held.name, held.role, held.person = name.strip(), role, person
    held.save(update_fields=["name", "role", "person"])
    if _of(held) != before:
        record("changed", held, by=by, now=now, before=before, after=_of(held))


@transaction.atomic
def give_seat(user: User, *, by: Actor | None, now: datetime) -> None:
    """Let a user manage the goals of others, as far as their role reaches. Refused when all seats are taken."""
    held = _held(user)
    if held.seat:
        return
    if not seats.is_free():
        raise Refused(NO_SEAT, count=seats.limit())
    _set_seat(held, seat=True, by=by, now=now)


@transaction.atomic
def take_seat(user: User, *, by: Actor | None, now: datetime) -> None:
    """Leave a user their personal goals and what they may see."""
    held = _held(user)
    if held.seat:
        _set_seat(held, seat=False, by=by, now=now)


@transaction.atomic
def deactivate_user(user: User, *, by: Actor | None, now: datetime) -> None:
    """Sign a user out and let them in no more. Their seat is free; their goals and their history stay."""
    held = _held(user)
    _check_last_admin(held)
    if held.is_active:
        held.is_active = held.seat = False
        held.save(update_fields=["is_active", "seat"])
        record("deactivated", held, by=by, now=now)


@transaction.atomic
def reactivate_user(user: User, *, by: Actor | None, now: datetime) -> None:
    """Let a user in again, with a seat if one is free."""
    held = _held(user)
    if not held.is_active:
        held.seat = seats.is_free()
        held.is_active = True
        held.save(update_fields=["is_active", "seat"])
        record("reactivated", held, by=by, now=now, after={"seat": held.seat})


@transaction.atomic
def forget_password(user: User, *, by: Actor | None, now: datetime) -> User:
    """Before a new link: the old password, older links and open sessions are of no use any more."""
    held = _held(user)
    held.set_unusable_password()
    held.save(update_fields=["password"])
    record("forgot password of", held, by=by, now=now)
    return held


@transaction.atomic
def set_password(user: User, password: str, *, by: Actor | None, now: datetime) -> None:
    """Give a user a password. History says that, and not which."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record("set password of", user, by=by, now=now)


def check_person(person: Person | None, user: User | None = None) -> None:
    """Refuse a person who is linked to somebody else than this user."""
    if person is None:
        return
    others = User.objects.filter(person=person).exclude(pk=0 if user is None else user.pk)
    if others.exists():
        raise Refused(PERSON_TAKEN, person=person.name)


def _held(user: User) -> User:
    """The row, held until the end of the transaction."""
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _set_seat(user: User, *, seat: bool, by: Actor | None, now: datetime) -> None:
    user.seat = seat
    user.save(update_fields=["seat"])
    record("changed", user, by=by, now=now, before={"seat": not seat}, after={"seat": seat})


def _check_last_admin(user: User) -> None:
    """Two who lose the role at the same moment wait for each other here."""
    admins = list(User.objects.select_for_update(of=("self",)).filter(role=Role.ADMIN, is_active=True).order_by("pk"))
    if [one.pk for one in admins] == [user.pk]:
        raise Refused(LAST_ADMIN)


def _of(user: User) -> dict[str, str | None]:
    return {
        "name": user.name,
        "role": Role(user.role).value,
        "person": None if user.person is None else user.person.name,
    }
