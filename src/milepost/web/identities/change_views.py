"""Who an agent is, and which team a group is: chosen among everybody, and separated again."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.base.names import fold
from milepost.history.queries import newest_of
from milepost.people.models import Person, Team
from milepost.people.roles import Place
from milepost.sources import who_is_who
from milepost.sources.models import Identity
from milepost.web.avatars import of_person
from milepost.web.history import Entry, entries
from milepost.web.identities.pages import GROUPS, row
from milepost.web.paging import paged
from milepost.web.persons.pages import found
from milepost.web.persons.remeasuring import regroup
from milepost.web.persons.views import LONGEST, Desk, desk_of
from milepost.web.setup import may_change

KINDS = (Identity.Kind.AGENT, Identity.Kind.TEAM)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """An agent or a group, and everybody or every team that it may stand for."""
    desk = desk_of(request, changes=request.method == "POST")
    identity = _identity(number)
    is_group = identity.kind == Identity.Kind.TEAM
    if request.method == "POST":
        chosen = request.POST.get("of", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < len(str(2**63)) else 0
        _map(desk, identity, pk) if is_group else _unite(desk, identity, pk)
        messages.success(request, _("Saved."))
        return redirect("identity", number)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    page = paged(request, _choices(identity, text))
    context = {
        "identity": identity,
        "row": row(identity, desk.zone),
        "source_name": identity.source.title,
        "is_group": is_group,
        "groups": GROUPS,
        "can_separate": not is_group and who_is_who.is_several(identity),
        "text": text,
        "page": page,
        "persons": [] if is_group else [(one, of_person(one.name, one.pk)) for one in page.rows],
        "history": _history(identity, desk),
        "may_change": may_change(desk.user, Place.PEOPLE),
        "place": "sources",
    }
    return render(request, "identities/identity.html", context)


@require_POST
def separate(request: HttpRequest, number: int) -> HttpResponse:
    """Make an agent a person of their own again."""
    desk = desk_of(request, changes=True)
    identity = _identity(number)
    other = who_is_who.separate(identity, by=desk.user, now=desk.now)
    regroup({other.pk, identity.person_id or other.pk}, (), now=desk.now)
    messages.success(request, _("%(agent)s is a person of their own again.") % {"agent": identity})
    return redirect("identity", number)


def _identity(number: int) -> Identity:
    asked = Identity.objects.filter(kind__in=KINDS).select_related("source", "person", "team")
    return get_object_or_404(asked, pk=number)


def _unite(desk: Desk, identity: Identity, pk: int) -> None:
    person = get_object_or_404(Person, pk=pk)
    earlier = who_is_who.unite(identity, person, by=desk.user, now=desk.now)
    regroup({person.pk} if earlier is None or earlier.pk is None else {person.pk, earlier.pk}, (), now=desk.now)


def _map(desk: Desk, identity: Identity, pk: int) -> None:
    team = get_object_or_404(Team, pk=pk)
    earlier = who_is_who.map_group(identity, team, by=desk.user, now=desk.now)
    regroup((), {team.pk} if earlier is None else {team.pk, earlier.pk}, now=desk.now)


def _choices(identity: Identity, text: str) -> QuerySet[Person] | QuerySet[Team]:
    """Everybody else, or every other team, whose name has these letters."""
    if identity.kind == Identity.Kind.TEAM:
        return Team.objects.filter(folded__contains=fold(text)).exclude(pk=identity.team_id or 0)
    return found(text, "").exclude(pk=identity.person_id or 0)


def _history(identity: Identity, desk: Desk) -> list[Entry]:
    """What happened to whom it stands for."""
    kind, pk = ("team", identity.team_id) if identity.kind == Identity.Kind.TEAM else ("person", identity.person_id)
    return entries(newest_of(kind, [pk]), desk.zone)
