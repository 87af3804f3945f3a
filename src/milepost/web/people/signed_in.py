"""Who asks: pages behind the sign-in have a user."""

from django.http import HttpRequest

from milepost.people.models import User


def signed_in(request: HttpRequest) -> User:
    """The user of a page that asks for signing in."""
    if not isinstance(request.user, User):
        raise TypeError("this page must ask for signing in")
    return request.user
