"""Answers to programs: JSON, and where something is wrong the form of RFC 9457 with a sentence that says what to do."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from milepost.base.errors import NotFound, Refused
from milepost.connectors.inbound.body import TooMany
from milepost.connectors.signatures import Request
from milepost.sources.accepting import Full
from milepost.web.errors import sentence

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]
# What waits is read within seconds once a worker is at work.
WAIT_SECONDS = 60


class Problem(Exception):
    """An answer that says what is wrong."""

    def __init__(self, status: HTTPStatus, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def told(self) -> HttpResponse:
        """As JSON."""
        return problem(self.status, self.detail, headers=self.headers)


def answering(view: View[Rest]) -> View[Rest]:
    """A view for programs: what goes wrong is told in their form, and nothing is kept on the way."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        response = _answered(view, request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return cast("View[Rest]", answered)


def _answered(view: View[Rest], request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Problem as wrong:
        return wrong.told()
    except NotFound as error:
        return problem(HTTPStatus.NOT_FOUND, sentence(error))
    except TooMany as error:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence(error))
    except Full as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, sentence(error), headers={"Retry-After": str(WAIT_SECONDS)})
    except Refused as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence(error))


def problem(
    status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> HttpResponse:
    """What is wrong, and what to do."""
    said = {"title": status.phrase, "status": status.value, "detail": detail, **(more or {})}
    return as_json(said, status=status, headers=headers, content_type="application/problem+json")


def as_json(said: dict[str, Any], **options: Any) -> HttpResponse:
    """As JSON that people can read too."""
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False}, **options)


def check_method(request: HttpRequest, *allowed: str) -> None:
    """Refuse the methods that mean nothing here."""
    if request.method not in allowed:
        said = _("This address takes %(methods)s.") % {"methods": ", ".join(allowed)}
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, said, Allow=", ".join(allowed))


def body_of(request: HttpRequest, *, most: int) -> bytes:
    """The whole body; what is too large is not read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit() and request.headers.get("Transfer-Encoding"):
        raise Problem(HTTPStatus.LENGTH_REQUIRED, _("Say with “Content-Length” how long the body is."))
    too_large = Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        _("The body is larger than %(bytes)s bytes. Nothing was kept: send it in parts.") % {"bytes": f"{most:,}"},
    )
    if length.isdigit() and int(length) > most:
        raise too_large
    body = request.read(most + 1)
    if len(body) > most:
        raise too_large
    return body


def as_signed(request: HttpRequest, body: bytes) -> Request:
    """The request as a signature of it was made."""
    headers = {name.lower(): text for name, text in request.headers.items()}
    return Request(request.method or "", request.build_absolute_uri(), headers, body)
