"""The addresses to which rows lead, as long as no page answers them here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from milepost.config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def told(request: HttpRequest, goal: int) -> HttpResponse:
    """Which goal and which target were asked for."""
    return HttpResponse(
        f"<!doctype html><html lang='en'><title>Goal</title>goal {goal} {request.GET.urlencode()}</html>"
    )


urlpatterns = [
    path("goals/<int:goal>", told, name="goal"),
    path("goals/<int:goal>/edit", told, name="edit-goal"),
    path("", include("milepost.web.urls")),
]
