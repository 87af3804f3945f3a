"""What a page answers to a proposal: the agent is that person, or stays one of their own."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.people.models import Person
from milepost.sources import who_is_who
from milepost.sources.models import Identity
from milepost.web.persons.remeasuring import regroup
from milepost.web.persons.views import Desk


def decide(request: HttpRequest, desk: Desk, agents: QuerySet[Identity]) -> bool:
    """Do what the form says of one of these agents; whether it says anything of one."""
    sent = request.POST
    if "same" in sent:
        identity, _colon, person = sent["same"].partition(":")
        unite(request, desk, [(_of(agents, identity), get_object_or_404(Person, pk=_number(person)))])
    elif "apart" in sent:
        one = _of(agents, sent["apart"])
        who_is_who.keep_apart(one, by=desk.user, now=desk.now)
        messages.success(request, _("%(agent)s stays a person of their own.") % {"agent": one})
    return "same" in sent or "apart" in sent


def unite(request: HttpRequest, desk: Desk, pairs: Sequence[tuple[Identity, Person]]) -> None:
    """Let each of these agents be that person; their numbers follow."""
    touched: set[int] = set()
    for identity, person in pairs:
        earlier = who_is_who.unite(identity, person, by=desk.user, now=desk.now)
        touched |= {person.pk} if earlier is None or earlier.pk is None else {person.pk, earlier.pk}
    regroup(touched, (), now=desk.now)
    count = len(pairs)
    said = ngettext("%(count)s agent is matched to a person.", "%(count)s agents are matched to people.", count)
    messages.success(request, said % {"count": count})


def _of(agents: QuerySet[Identity], text: str) -> Identity:
    return get_object_or_404(agents.select_related("source"), pk=_number(text))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < len(str(2**63)) else 0
