"""Connecting a help desk: choose its make, say what it must be told, see what was found, then import.

A source that is connected, or was, is changed in the same way.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import MilepostError, NotAllowed, NotFound
from milepost.base.marks import gettext_noop
from milepost.connectors import registry
from milepost.connectors.addresses import InOwnNetwork
from milepost.connectors.contract import Make, Step
from milepost.formats import dates
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import apart, help_desks, vault
from milepost.sources.models import Bell, Source
from milepost.web.errors import sentence
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import may_see_sources
from milepost.web.sources import once
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
    user, known = check_may_connect(request), registry.make(make)
    return demo_first(request) or _answer(request, user, known, None)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """The settings of a source, and what was found with others; of one that was disconnected, to connect it again."""
    user = check_may_connect(request)
    source = help_desk(number)
    return _answer(request, user, registry.make(source.make), source)


def demo_first(request: HttpRequest) -> HttpResponse | None:
    """The question whether to remove the demo data before a source is connected; none where there are none."""
    if not apart.is_demo_wished():
        return None
    return redirect(f"{reverse('demo-remove')}?{urlencode({'next': request.path})}")


def help_desk(number: int) -> Source:
    """The source of this number, where a connector reads it."""
    return get_object_or_404(Source, pk=number, make__in=registry.makes())


def check_may_connect(request: HttpRequest) -> User:
    """Who asks, if that is somebody who runs the installation."""
    user = signed_in(request)
    if not may_see_sources(user):
        raise NotFound(gettext_noop("Nothing here."))
    if not may_connect(user):
        raise NotAllowed(gettext_noop("You can see this but not change it."))
    return user


def _answer(request: HttpRequest, user: User, known: Make, source: Source | None) -> HttpResponse:
    if request.POST.get("act") in {"allow", "import"}:
        return _go_on(request, known, source, user)
    form, found = ConnectForm(known, source, request.POST or None), Found()
    if form.is_valid():
        told = {"make": known.key, "name": form.cleaned_data["name"], "slug": form.slug()}
        request.session[CHECKED] = told | {"answers": vault.seal(form.answers())}
        found = _check(known.key, form.answers())
    return _page(request, known, form, found)


def _go_on(request: HttpRequest, known: Make, source: Source | None, user: User) -> HttpResponse:
    """Allow a server of the own network and check again, or keep what was checked and read."""
    told = request.session.get(CHECKED) or {}
    if told.get("make") != known.key or (source is not None and told["slug"] != source.slug):
        return redirect(request.path)
    answers = vault.unseal(told["answers"])
    if request.POST["act"] == "import":
        return _keep(request, told, answers, user)
    found = _check(known.key, answers)
    if found.own_network is not None:
        help_desks.allow(found.own_network.host, found.own_network.port, by=user, now=clock.now())
        found = _check(known.key, answers)
    return _page(request, known, ConnectForm(known, source, {"name": told["name"], **answers}), found)


def _keep(request: HttpRequest, told: dict[str, str], answers: dict[str, str], user: User) -> HttpResponse:
    now, source = clock.now(), Source.objects.filter(slug=told["slug"]).first()
    if source is None:
        source = help_desks.connect(told["make"], answers, slug=told["slug"], name=told["name"], by=user, now=now)
        said = _("%(source)s is connected. Its newest tickets are read first.")
    else:
        help_desks.change(source, answers, name=told["name"], by=user, now=now)
        said = _("%(source)s is read with these settings from now on.")
    queue.ask(f"sync:{source.slug}", "sync", now=now)
    del request.session[CHECKED]
    messages.success(request, said % {"source": source.title})
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


def _page(request: HttpRequest, known: Make, form: ConnectForm, found: Found) -> HttpResponse:
    context: dict[str, Any] = {
        "make": known,
        "versions": _(known.versions),
        "form": form,
        "found": found,
        "source": form.source,
        "is_connected": form.source is None and Source.objects.filter(disconnected_at__isnull=True).exists(),
        "place": "sources",
    }
    if form.source is not None:
        context |= _bell(request, form.source)
    return render(request, "sources/connect.html", context)


def _bell(request: HttpRequest, source: Source) -> dict[str, Any]:
    """The notification address of a source: whether there is one, and when it was called."""
    bell = Bell.objects.filter(source=source).first()
    rung = None if bell is None else bell.rung_at
    zone = ZoneInfo(the_account().zone)
    return {
        "bell": bell,
        "rung": "" if rung is None else dates.moment(rung, zone),
        "shown": once.take(request, source),
    }
