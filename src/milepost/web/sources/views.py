"""What is read, from where, and what came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from milepost.account.queries import the_account
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.connectors import registry
from milepost.demo import loading
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.history.queries import newest_of
from milepost.sources import uploads, who_is_who
from milepost.sources.models import Identity, Source, Sync, WatchedFile
from milepost.tickets.notes import SENTENCES, Note
from milepost.web.history import Entry, entries
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import may_see_sources
from milepost.web.sources.connect_views import may_connect

# More pipelines are not named.
LISTED: Final = 12


@dataclass(frozen=True)
class Shown:
    """A source as the page shows it."""

    number: int
    name: str
    is_demo: bool
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    # Whether a connector reads it, so that its settings can be changed.
    is_help_desk: bool
    # Whether others send to it.
    is_inbound: bool
    # Whether its files are uploaded here.
    is_uploaded: bool
    was_read: bool
    # How many of its agents may be somebody who was here before, and nobody has looked at.
    to_review: int


@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """The sources that are connected."""
    user = signed_in(request)
    if not may_see_sources(user):
        raise NotFound(gettext_noop("Nothing here."))
    zone = ZoneInfo(the_account().zone)
    under_way = Prefetch("files", WatchedFile.objects.filter(percent__isnull=False).order_by("name"))
    found = Source.objects.filter(disconnected_at__isnull=True).order_by("name", "pk")
    found = found.prefetch_related("identities", under_way)
    newest = {sync.source_id: sync for sync in _newest()}
    review = _to_review()
    shown = [_shown(source, newest.get(source.pk), zone, review[source.pk]) for source in found]
    may = may_connect(user)
    makes = [(make, _(make.signs_in)) for make in registry.makes().values()] if may else []
    context = {"page": shown, "gone": _gone(zone) if may else [], "makes": makes, "place": "sources"}
    context["history"] = _of_demo(zone) if may else []
    return render(request, "sources/sources.html", context)


def _newest() -> QuerySet[Sync]:
    """The last reading of every source."""
    of_it = Sync.objects.filter(source=OuterRef("source")).order_by("-started_at", "-pk")
    return Sync.objects.filter(pk=Subquery(of_it.values("pk")[:1]))


def _gone(zone: ZoneInfo) -> list[tuple[Source, str]]:
    """The help desks that were disconnected, and when."""
    makes = [*registry.makes(), Source.Make.INBOUND]
    found = Source.objects.filter(disconnected_at__isnull=False, make__in=makes).order_by("name", "pk")
    return [(source, dates.moment(source.disconnected_at, zone)) for source in found if source.disconnected_at]


def _of_demo(zone: ZoneInfo) -> list[Entry]:
    """When demo data were loaded and removed, and by whom."""
    told = entries(newest_of("demo", [loading.THE_DEMO]), zone)
    return [replace(entry, thing=_(loading.NAME)) for entry in told]


def _to_review() -> Counter[int]:
    """How many agents are to be reviewed, by source."""
    return Counter(who_is_who.to_review().order_by().values_list("source", flat=True))


def _shown(source: Source, sync: Sync | None, zone: ZoneInfo, to_review: int) -> Shown:
    facts = []
    if source.complete_from and source.complete_until and source.complete_from < source.complete_until:
        span = dates.moment(source.complete_from, zone), dates.moment(source.complete_until, zone)
        facts.append((_("Covers"), f"{span[0]} – {span[1]}"))
    pipelines = sorted(one.key for one in source.identities.all() if one.kind == Identity.Kind.PIPELINE)
    if pipelines:
        facts.append((_("Pipelines"), _listed(pipelines)))
    facts += [(_("Importing"), _of_file(file)) for file in source.files.all()]
    if sync is not None:
        facts += _of_sync(sync, zone)
    notes = [_(SENTENCES[Note(code)]) for code in source.notes if code in set(Note)]
    return Shown(
        number=source.pk,
        name=source.title,
        is_demo=source.make == Source.Make.DEMO,
        facts=facts,
        notes=notes,
        is_help_desk=source.make in registry.makes(),
        is_inbound=source.is_inbound,
        is_uploaded=uploads.is_uploaded(source),
        was_read=sync is not None,
        to_review=to_review,
    )


def _listed(names: Sequence[str]) -> str:
    """The first names, and whether there are more."""
    return ", ".join(names[:LISTED]) + (" …" if len(names) > LISTED else "")


def _of_sync(sync: Sync, zone: ZoneInfo) -> list[tuple[str, str]]:
    counts = sync.counts
    rejected = sum(one["count"] for one in counts.get("rejected", []))
    return [
        *_of_import(counts),
        (_("Last read"), dates.moment(sync.finished_at or sync.started_at, zone)),
        (_("Rows"), number(counts.get("rows", 0))),
        (_("Tickets new"), number(counts.get("new", 0))),
        (_("Tickets updated"), number(counts.get("updated", 0))),
        (_("Tickets unchanged"), number(counts.get("unchanged", 0))),
        (_("Rows rejected"), number(rejected)),
    ]


def _of_import(counts: dict[str, int]) -> list[tuple[str, str]]:
    """How far a first import is, while it is under way."""
    if counts.get("imported", 0) >= counts.get("to_import", 0):
        return []
    said = _("%(done)s of %(total)s tickets, the newest first")
    values = {"done": number(counts["imported"]), "total": number(counts["to_import"])}
    return [(_("Importing"), said % values)]


def _of_file(file: WatchedFile) -> str:
    """How much of a file was read."""
    return _("%(percent)s%% of %(file)s") % {"percent": file.percent, "file": file.name}
