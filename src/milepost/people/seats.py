"""Seats: a user with one may manage the goals of others. Without a limit there is always a free one."""

from django.db.models import QuerySet

from milepost.account.models import THE_ACCOUNT, Account
from milepost.people.models import User


def holders() -> QuerySet[User]:
    """The active users who have a seat."""
    return User.objects.filter(seat=True, is_active=True).order_by("name", "pk")


def limit() -> int | None:
    """How many seats there are; None is no limit."""
    return Account.objects.filter(pk=THE_ACCOUNT).values_list("seats", flat=True).first()


def is_free() -> bool:
    """Whether one more user can have a seat. Asked inside a transaction, nobody else can take it until its end."""
    account = Account.objects.select_for_update().filter(pk=THE_ACCOUNT).first()
    return account is None or account.seats is None or holders().count() < account.seats
