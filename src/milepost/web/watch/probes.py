"""/healthz: the process lives. /readyz: it can answer pages. /metrics: its figures, for those who may read them."""

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST

from milepost.web.watch import figures
from milepost.worker.readiness import is_ready

PLAIN: Final = "text/plain; charset=utf-8"
# Set by a proxy: the machine that asks is not the one that wants to know.
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


class Probes:
    """Answers them before anything else: they are asked without a name, without TLS and without a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._answers = {"/healthz": _alive, "/readyz": _ready, "/metrics": _metrics}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of a probe, or that of a page."""
        answer = self._answers.get(request.path_info)
        if answer is None or request.method not in {"GET", "HEAD"}:
            return self._get_response(request)
        return answer(request) or self._get_response(request)


def _alive(_request: HttpRequest) -> HttpResponse:
    return _said("alive", 200)


def _ready(_request: HttpRequest) -> HttpResponse:
    return _said("ready", 200) if is_ready() else _said("not ready", 503)


def _metrics(request: HttpRequest) -> HttpResponse | None:
    """To whoever may not read them they are not there."""
    if not _may_read(request):
        return None
    return HttpResponse(figures.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), wanted)
    return settings.METRICS_LOOPBACK and _is_of_this_machine(request)


def _is_of_this_machine(request: HttpRequest) -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type=PLAIN, headers={"Cache-Control": "no-store"})
