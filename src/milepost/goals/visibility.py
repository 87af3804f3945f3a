"""Which rows of a goal a user may see and which goals they may change, as conditions for a query."""

from datetime import datetime

from django.db.models import Q, QuerySet

from milepost.people import memberships
from milepost.people.models import Membership, Person, Team, User
from milepost.people.roles import KEEPS_ABSENCES, Capability, Role, Scope, scope


def reach(user: User, capability: Capability) -> Scope:
    """How far a capability of this user reaches."""
    return scope(Role(user.role), capability, seat=user.seat)


def rows_seen_by(user: User, *, now: datetime, contributor: str) -> Q:
    """Rows of teams, the user's own, and individuals as far as the role reaches. `contributor` is the path to it."""
    individuals = reach(user, Capability.SEE_INDIVIDUALS)
    if individuals is Scope.ALL:
        return Q()
    seen = Q(**{f"{contributor}team__isnull": False})
    if user.person_id is not None:
        seen |= Q(**{f"{contributor}person": user.person_id})
    if individuals is Scope.MY_TEAMS:
        seen |= Q(**{f"{contributor}person__in": _members_led_by(user, now)})
    return seen


def people_seen_by(user: User, *, now: datetime) -> QuerySet[Person]:
    """The persons whose results the user may see."""
    match reach(user, Capability.SEE_INDIVIDUALS):
        case Scope.ALL:
            return Person.objects.all()
        case Scope.MY_TEAMS:
            return Person.objects.filter(Q(pk__in=_members_led_by(user, now)) | Q(user=user))
    return Person.objects.filter(user=user)


def absences_kept_by(user: User, *, now: datetime) -> QuerySet[Person]:
    """The persons whose absences the user may enter."""
    match KEEPS_ABSENCES.get(Role(user.role), Scope.NONE):
        case Scope.ALL:
            return Person.objects.all()
        case Scope.MY_TEAMS:
            return Person.objects.filter(pk__in=_members_led_by(user, now))
    return Person.objects.none()


def absences_seen_by(user: User, *, now: datetime) -> QuerySet[Person]:
    """The persons whose absences the user may see: those, and the user."""
    kept = absences_kept_by(user, now=now)
    return Person.objects.filter(Q(pk__in=kept.values("pk")) | Q(user=user))


def within_teams_of(user: User, *, now: datetime) -> Q:
    """Contributors that are a team the user leads, one of its members, or the user."""
    within = Q(team__in=_teams_led_by(user, now)) | Q(person__in=_members_led_by(user, now))
    return within if user.person_id is None else within | Q(person=user.person_id)


def led_by(user: User, *, now: datetime) -> tuple[set[int], set[int]]:
    """The teams that a user leads, and the persons in them and the user, by key."""
    persons = set(_members_led_by(user, now))
    return set(_teams_led_by(user, now)), persons | ({user.person_id} if user.person_id is not None else set())


def choosable(user: User, *, now: datetime) -> tuple[list[Team], list[Person]]:
    """The teams and the active persons for whom a user may set goals, A to Z."""
    teams, persons = Team.objects.all(), Person.objects.filter(deactivated_at__isnull=True)
    match reach(user, Capability.CREATE_GOALS):
        case Scope.ALL:
            return list(teams), list(persons)
        case Scope.MY_TEAMS:
            led, within = led_by(user, now=now)
            return list(teams.filter(pk__in=led)), list(persons.filter(pk__in=within))
        case Scope.OWN:
            return [], list(persons.filter(user=user))
    return [], []


def _teams_led_by(user: User, now: datetime) -> QuerySet[Membership, int]:
    return memberships.running(now=now).filter(person=user.person_id, leads=True).values_list("team", flat=True)


def _members_led_by(user: User, now: datetime) -> QuerySet[Membership, int]:
    return memberships.running(now=now).filter(team__in=_teams_led_by(user, now)).values_list("person", flat=True)
