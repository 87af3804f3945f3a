"""Errors become pages: what is not visible is not there, what is not allowed says so."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from milepost.base.errors import MilepostError, NotAllowed, NotFound, Refused, SourceFailed
from milepost.base.requests import NUMBER


class ErrorPages:
    """Answers the families of errors that a view lets through; others are faults and stay faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of an error, or none."""
        match error:
            case NotFound():
                return not_found(request)
            case NotAllowed():
                return _page(request, HTTPStatus.FORBIDDEN, sentence(error))
            case Refused():
                return _page(request, HTTPStatus.CONFLICT, sentence(error))
            case SourceFailed():
                return _page(request, HTTPStatus.SERVICE_UNAVAILABLE, sentence(error))
        return None


def sentence(error: MilepostError) -> str:
    """What the error says, in the reader's language."""
    return _(error.message) % error.values if error.values else _(error.message)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler
    """One page for what is not visible, was deleted, or was never there."""
    return _page(request, HTTPStatus.NOT_FOUND, _("Nothing here."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler
    """Visible, but not to be changed."""
    return _page(request, HTTPStatus.FORBIDDEN, _("You can see this but not change it."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler
    """A request that no page of ours sends."""
    return _page(request, HTTPStatus.BAD_REQUEST, _("We could not read what your browser sent. Go back and try again."))


def unverified(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's handler
    """A form that was not sent from a page of ours, or long after the page was opened."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("This form has expired, and nothing was changed. Go back, load the page again, and send it once more."),
    )


def fault(request: HttpRequest) -> HttpResponse:
    """Our own fault, with the number by which the log tells of it. The page asks nothing of the database."""
    return _page(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something went wrong on our side. Your data is safe. Try again, and tell your administrator if it stays."),
        number=NUMBER.get(),
    )


def _page(request: HttpRequest, status: HTTPStatus, text: str, *, number: str = "") -> HttpResponse:
    return render(request, "error.html", {"text": text, "status": status.value, "number": number}, status=status)
