"""The list of users and who holds seats, a user, and what an administrator does to one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.formats import dates
from milepost.history.queries import newest_of
from milepost.people import actions, memberships, seats
from milepost.people import users as acts
from milepost.people.models import Person, User
from milepost.people.roles import NAMES, Place, Role
from milepost.web.errors import sentence
from milepost.web.history import entries
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in
from milepost.web.setup import check_changes, check_sees, may_change
from milepost.web.users.forms import NewUserForm, UserForm

LONGEST = 80
ACTS: Final[dict[str, Callable[..., None]]] = {
    "give-seat": acts.give_seat,
    "take-seat": acts.take_seat,
    "deactivate": acts.deactivate_user,
    "reactivate": acts.reactivate_user,
}


@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """All users, and how many seats are taken."""
    reader = signed_in(request)
    check_sees(reader, Place.USERS)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    found = User.objects.select_related("person").order_by("-is_active", "name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if request.GET.get("seat") == "yes":
        found = found.filter(seat=True, is_active=True)
    page = paged(request, found)
    limit, held = seats.limit(), seats.holders().count()
    context = {
        "page": page,
        "users": [(one, _(NAMES[Role(one.role)])) for one in page.rows],
        "text": text,
        "seats": {"limit": limit, "held": held, "full": limit is not None and held >= limit},
        "holders": request.GET.get("seat") == "yes",
        "may_change": may_change(reader, Place.USERS),
        "place": "people",
        "tab": "users",
    }
    return render(request, "users/users.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a user, and show the link by which they set their password."""
    reader = signed_in(request)
    check_changes(reader, Place.USERS)
    limit = seats.limit()
    full = limit is not None and seats.holders().count() >= limit
    form = NewUserForm(request.POST or None, initial=_suggested(request.GET.get("person", "")) | {"seat": not full})
    if form.is_valid():
        sent = form.cleaned_data
        try:
            made = actions.create_user(
                sent["email"],
                None,
                name=sent["name"],
                role=sent["role"],
                person=sent["person"],
                seat=sent["seat"],
                by=reader,
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused, "email")
        else:
            return _link(request, made, no_seat=sent["seat"] and not made.seat)
    return render(request, "users/new_user.html", {"form": form, "full": full, "limit": limit, "place": "people"})


def _suggested(person: str) -> dict[str, object]:
    """What a user for this person begins with; whoever leads a team is a team lead. Without one, an agent."""
    is_number = person.isdecimal() and len(person) < len(str(2**63))
    one = Person.objects.filter(pk=int(person) if is_number else 0, user=None).first()
    if one is None:
        return {"role": Role.AGENT.value}
    leads = memberships.running(now=clock.now()).filter(person=one, leads=True).exists()
    role = Role.LEAD if leads else Role.AGENT
    return {"name": one.name, "email": one.email, "person": one.pk, "role": role.value}


@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """A user, and giving them another name, role or person."""
    reader = signed_in(request)
    (check_changes if request.method == "POST" else check_sees)(reader, Place.USERS)
    one = get_object_or_404(User.objects.select_related("person"), pk=pk)
    form = UserForm(
        request.POST or None, user=one, initial={"name": one.name, "role": one.role, "person": one.person_id}
    )
    if form.is_valid():
        try:
            acts.change_user(one, **form.cleaned_data, by=reader, now=clock.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup-user", pk)
    context = {
        "one": User.objects.select_related("person").get(pk=pk),
        "role": _(NAMES[Role(one.role)]),
        "form": form,
        "history": entries(newest_of("user", [pk]), ZoneInfo(the_account().zone)),
        "may_change": may_change(reader, Place.USERS),
        "place": "people",
    }
    return render(request, "users/user.html", context)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Give or take a seat, let nobody in or somebody in again."""
    reader = signed_in(request)
    check_changes(reader, Place.USERS)
    if act not in ACTS:
        raise Http404
    one = get_object_or_404(User, pk=pk)
    try:
        ACTS[act](one, by=reader, now=clock.now())
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("setup-user", pk)


@never_cache
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to a new password; the old password is forgotten."""
    reader = signed_in(request)
    check_changes(reader, Place.USERS)
    one = get_object_or_404(User, pk=pk, is_active=True)
    return _link(request, acts.forget_password(one, by=reader, now=clock.now()))


def _link(request: HttpRequest, one: User, *, no_seat: bool = False) -> HttpResponse:
    """Shown once: it is kept nowhere, and is of no use when the password is set."""
    token = default_token_generator.make_token(one)
    address = reverse("welcome", args=(urlsafe_base64_encode(force_bytes(one.pk)), token))
    until = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context = {
        "one": one,
        "address": request.build_absolute_uri(address),
        "until": dates.moment(until, ZoneInfo(the_account().zone)),
        "no_seat": no_seat,
        "place": "people",
    }
    return render(request, "users/link.html", context)
