"""The channels that results of teams are posted to: for whoever keeps the settings."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.base import clock
from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.notifications import hooks, posts
from milepost.notifications.channels.http import PostFailed, PostRefused
from milepost.notifications.models import Hook
from milepost.people.roles import Place
from milepost.web.notifications.channel_forms import ChannelForm
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in
from milepost.web.setup import check_changes, check_sees, may_change


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """All of them."""
    user = signed_in(request)
    check_sees(user, Place.SETTINGS)
    page = paged(request, Hook.objects.prefetch_related("teams").order_by("name"))
    context = {"page": page, "hooks": page.rows, "may_change": may_change(user, Place.SETTINGS), "place": "channels"}
    return render(request, "notices/channels.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add one. The key of a signed webhook is shown once."""
    user = signed_in(request)
    check_changes(user, Place.SETTINGS)
    form = ChannelForm(request.POST or None)
    if form.is_valid():
        try:
            hook, key = hooks.create(form.new_hook, by=user, now=clock.now())
        except Refused as refused:
            form.refuse(refused, "address")
        else:
            return _page(request, hook, ChannelForm.of(hook), key=key)
    return render(request, "notices/new_channel.html", {"form": form, "place": "channels"})


@never_cache
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, hook: int) -> HttpResponse:
    """Change one. Its address is a secret: it is not shown, and stays where nothing is entered."""
    user = signed_in(request)
    check_changes(user, Place.SETTINGS)
    held = _hook(hook)
    form = ChannelForm.of(held, request.POST or None)
    if form.is_valid():
        try:
            hooks.change(held, form.new_hook, by=user, now=clock.now())
        except Refused as refused:
            form.refuse(refused, "address")
        else:
            messages.success(request, _("Saved."))
            return redirect("channel", held.pk)
    return _page(request, held, form)


@require_POST
def test(request: HttpRequest, hook: int) -> HttpResponse:
    """Post a line now, and say how it went."""
    check_changes(signed_in(request), Place.SETTINGS)
    held = _hook(hook)
    try:
        posts.send(held, [posts.trial(held)], message_id=str(uuid4()), now=clock.now())
    except (PostFailed, PostRefused) as error:
        messages.error(request, _("It was not taken: %(error)s") % {"error": error})
    else:
        messages.success(request, _("It was taken."))
    return redirect("channel", held.pk)


@require_POST
def switch(request: HttpRequest, hook: int) -> HttpResponse:
    """Switch it off, or on again."""
    user = signed_in(request)
    check_changes(user, Place.SETTINGS)
    held = _hook(hook)
    act = hooks.switch_off if held.switched_off_at is None else hooks.switch_on
    act(held, by=user, now=clock.now())
    return redirect("channel", held.pk)


def _page(request: HttpRequest, hook: Hook, form: ChannelForm, *, key: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form, "hook": hook, "key": key, "place": "channels"}
    return render(request, "notices/channel.html", context)


def _hook(key: int) -> Hook:
    for hook in Hook.objects.filter(pk=key):
        return hook
    raise NotFound(gettext_noop("Nothing here."))
