"""Every request has a number, is a line of the log when it is answered, and is counted by its route."""

import logging
import re
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from milepost.base.requests import NUMBER
from milepost.web.watch import figures

HEADER: Final = "X-Request-ID"
# A proxy may bring the number; anything that could be a name is none.
NUMBERS: Final = re.compile(r"[0-9a-f]{16,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"
logger = logging.getLogger(__name__)


class Requests:
    """Says of each request its method, its route as the program has it, its status and how long it took.

    The address as it was asked for is written nowhere: it may hold a token, a name, or what somebody looked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and tell afterwards."""
        number = _number(request)
        token = NUMBER.set(number)
        began = time.perf_counter()
        try:
            with figures.UNDER_WAY.track_inprogress():
                response = self._get_response(request)
            _tell(request, response, time.perf_counter() - began)
        finally:
            NUMBER.reset(token)
        response[HEADER] = number
        return response


def _number(request: HttpRequest) -> str:
    brought = request.headers.get(HEADER, "")
    return brought if NUMBERS.fullmatch(brought) else uuid4().hex[:16]


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    method = request.method if request.method in METHODS else OTHER
    route = f"/{request.resolver_match.route}" if request.resolver_match else OTHER
    figures.ANSWERED.labels(method, route, response.status_code).inc()
    figures.SECONDS.labels(route).observe(seconds)
    said = {"method": method, "route": route, "status": response.status_code, "milliseconds": round(seconds * 1000)}
    logger.info("Answered.", extra=said)
