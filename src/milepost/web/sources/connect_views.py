"""Connecting a help desk: choose its make, say what it must be told, see what was found, then import."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from milepost.base import clock
from milepost.base.errors import MilepostError, NotAllowed, NotFound
from milepost.base.marks import gettext_noop
from milepost.connectors import registry
from milepost.connectors.addresses import InOwnNetwork
from milepost.connectors.contract import Make, Step
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import help_desks, vault
from milepost.sources.models import Source
from milepost.web.errors import sentence
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import may_see_sources
from milepost.web.sources.connect_form import ConnectForm
from milepost.worker import queue

# What was checked is kept, sealed, in the session of who checked it, so that a token is entered once.
CHECKED: Final = "checked"


@dataclass
class Found:
    """What a check found: step after step, and why it went no further."""

    steps: list[tuple[str, str, bool]] = field(default_factory=list)
    failure: str = ""
    own_network: InOwnNetwork | None = None

    @property
    def is_good(self) -> bool:
        """Whether it can be read."""
        return bool(self.steps) and not self.failure and self.own_network is None


def may_connect(user: User) -> bool:
    """Whether this user may connect a help desk: whoever runs the installation."""
    return Role(user.role) is Role.ADMIN


@never_cache
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, make: str) -> HttpResponse:
    """The settings of one make, and what was found with them."""
    user = _check_may(request)
    known = registry.make(make)
    if request.POST.get("act") in {"allow", "import"}:
        return _go_on(request, known, user)
    form, found = ConnectForm(known, request.POST or None), Found()
    if form.is_valid():
        told = {"make": make, "name": form.cleaned_data["name"], "slug": form.slug()}
        request.session[CHECKED] = told | {"answers": vault.seal(form.answers())}
        found = _check(make, form.answers())
    return _page(request, known, form, found)


def _go_on(request: HttpRequest, known: Make, user: User) -> HttpResponse:
    """Allow a server of the own network and check again, or import what was checked."""
    told = request.session.get(CHECKED) or {}
    if told.get("make") != known.key:
        return redirect("source-connect", known.key)
    answers = vault.unseal(told["answers"])
    if request.POST["act"] == "import":
        return _import(request, told, answers, user)
    found = _check(known.key, answers)
    if found.own_network is not None:
        help_desks.allow(found.own_network.host, found.own_network.port, by=user, now=clock.now())
        found = _check(known.key, answers)
    return _page(request, known, ConnectForm(known, {"name": told["name"], **answers}), found)


def _import(request: HttpRequest, told: dict[str, str], answers: dict[str, str], user: User) -> HttpResponse:
    now = clock.now()
    source = help_desks.connect(told["make"], answers, slug=told["slug"], name=told["name"], by=user, now=now)
    queue.ask(f"sync:{source.slug}", "sync", now=now)
    del request.session[CHECKED]
    messages.success(
        request, _("%(source)s is connected. Its newest tickets are read first.") % {"source": source.name}
    )
    return redirect("sources")


def _check(make: str, answers: dict[str, str]) -> Found:
    found = Found()
    try:
        found.steps.extend(map(_step, help_desks.check(make, answers)))
    except InOwnNetwork as error:
        found.own_network = error
    except MilepostError as error:
        found.failure = sentence(error)
    return found


def _step(step: Step) -> tuple[str, str, bool]:
    said = _(step.found) % step.values if step.values else _(step.found)
    return _(step.name), said, step.warning


def _check_may(request: HttpRequest) -> User:
    user = signed_in(request)
    if not may_see_sources(user):
        raise NotFound(gettext_noop("Nothing here."))
    if not may_connect(user):
        raise NotAllowed(gettext_noop("You can see this but not change it."))
    return user


def _page(request: HttpRequest, known: Make, form: ConnectForm, found: Found) -> HttpResponse:
    context: dict[str, Any] = {
        "make": known,
        "versions": _(known.versions),
        "form": form,
        "found": found,
        "is_connected": Source.objects.filter(make=known.key, disconnected_at__isnull=True).exists(),
        "place": "sources",
    }
    return render(request, "sources/connect.html", context)
