"""How a reader likes the overview: narrow rows, and keys that act. Kept in cookies of their browser."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from milepost.web.back import back_to

COMPACT: Final = "compact"
OFF: Final = "off"
# What each may be beside what is usual, which needs no cookie.
UNUSUAL: Final[Mapping[str, str]] = {"density": COMPACT, "shortcuts": OFF}
YEAR_SECONDS: Final = 365 * 24 * 3600


@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep what the form says, and go back."""
    response = redirect(back_to(request, "goals"))
    safety: Any = {"secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
    for name, unusual in UNUSUAL.items():
        if request.POST.get(name) == unusual:
            response.set_cookie(name, unusual, max_age=YEAR_SECONDS, **safety)
        elif name in request.POST:
            response.delete_cookie(name, samesite="Lax")
    return response


def is_compact(request: HttpRequest) -> bool:
    """Whether rows are narrow."""
    return request.COOKIES.get("density") == COMPACT


def has_shortcuts(request: HttpRequest) -> bool:
    """Whether single keys act."""
    return request.COOKIES.get("shortcuts") != OFF
