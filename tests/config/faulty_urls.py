"""The addresses of the product and one more, whose page has a fault."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from milepost.config import urls


def faulty(_request: HttpRequest, name: str) -> HttpResponse:
    """A page that fails with what it was asked for."""
    raise LookupError(name)


urlpatterns = [path("", include("milepost.web.urls")), path("faulty/<name>", faulty)]
handler500 = urls.handler500
