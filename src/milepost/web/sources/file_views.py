"""Tickets from a file: upload it, say what its columns mean, see what it brings, then import."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files import reading
from milepost.connectors.files.detection import detect
from milepost.connectors.files.reading import Reading, Reason
from milepost.connectors.table import mapping as mappings
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.people.models import User
from milepost.sources import uploads
from milepost.sources.models import Source
from milepost.sources.slugs import free_slug
from milepost.sources.uploads import Upload
from milepost.web.errors import sentence
from milepost.web.forms import PageForm
from milepost.web.sheets import as_csv
from milepost.web.sources import refused
from milepost.web.sources.connect_views import check_may_connect, demo_first
from milepost.web.sources.match_form import MatchForm, chosen_before, chosen_by_detection, told_of
from milepost.worker import queue

# The upload that somebody is about to match is kept in their session.
UPLOAD: Final = "upload"
PREVIEWED: Final = 5
NOTHING: Final = gettext_noop("Nothing here.")


class UploadForm(PageForm):
    """A file, and what its source is called."""

    name = forms.CharField(label=gettext_lazy("Name of the source"), max_length=200)
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.parquet"}),
        help_text=gettext_lazy("CSV, Excel or Parquet, at most 50 MB, with one row per ticket."),
        error_messages={"empty": gettext_lazy("This file has no rows.")},
    )


@dataclass(frozen=True)
class Waiting:
    """An upload that waits to be matched: of a source that is there, or of one that will be called so."""

    upload: Upload
    name: str
    source: Source | None


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file of a source that is new."""
    check_may_connect(request)
    return demo_first(request) or _receive(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
def newer(request: HttpRequest, number: int) -> HttpResponse:
    """Choose a newer file of a source; what its columns mean is known."""
    check_may_connect(request)
    return _receive(request, _uploaded(number))


@require_GET
def mapping(request: HttpRequest, number: int) -> HttpResponse:
    """The mapping of a source, for `milepost import` and `milepost watch`."""
    check_may_connect(request)
    source = _uploaded(number)
    text = uploads.mapping_text(source)
    if text is None:
        raise NotFound(NOTHING)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{source.slug}.yaml"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def match(request: HttpRequest) -> HttpResponse:
    """What the columns mean, and what the file brings when they mean that."""
    user = check_may_connect(request)
    waiting = _waiting(request)
    context: dict[str, Any] = {"waiting": waiting, "source": waiting.source, "place": "sources"}
    try:
        form = _form(request, waiting)
        context |= {"form": form}
        if form.is_valid():
            document = form.document()
            read = uploads.try_out(waiting.upload, mappings.parse(document), now=clock.now())
            context |= _preview(waiting.upload, document, read)
            if request.POST.get("act") == "import":
                return _import(request, waiting, document, user)
    except Refused as error:
        context["refused"] = _named(error, waiting.upload)
    return render(request, "sources/match.html", context)


@require_GET
def rejects(request: HttpRequest) -> StreamingHttpResponse:
    """The rows that could not be read when the file was tried out, with the reason of each."""
    check_may_connect(request)
    file = _waiting(request).upload.rejects
    if not file.is_file():
        raise NotFound(NOTHING)

    def rows() -> Iterator[list[str]]:
        with file.open(encoding="utf-8", errors="replace", newline="") as text:
            for line, reason, *cells in csv.reader(text):
                yield [line, _(reason), *cells]

    found = rows()
    return as_csv(next(found), found, name="rejected-rows")


def _uploaded(number: int) -> Source:
    source = get_object_or_404(Source, pk=number)
    if not uploads.is_uploaded(source):
        raise NotFound(NOTHING)
    return source


def _receive(request: HttpRequest, source: Source | None) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, initial={"name": _("Ticket table")})
    if source is not None:
        del form.fields["name"]
    if form.is_valid():
        try:
            file = form.cleaned_data["file"]
            received = uploads.receive(file.name, file.chunks())
            _forget(request)
            name = source.name if source else form.cleaned_data["name"]
            told = {"token": received.token, "name": received.name, "called": name}
            request.session[UPLOAD] = told | {"source": source.pk if source else None}
            return redirect("source-match")
        except Refused as error:
            form.refuse(error, "file")
    return render(request, "sources/upload.html", {"form": form, "source": source, "place": "sources"})


def _forget(request: HttpRequest) -> None:
    """An earlier upload that was never imported goes."""
    told = request.session.pop(UPLOAD, None)
    if told:
        earlier = Upload(told["token"], told["name"])
        earlier.file.unlink(missing_ok=True)
        earlier.rejects.unlink(missing_ok=True)


def _waiting(request: HttpRequest) -> Waiting:
    told = request.session.get(UPLOAD)
    if not told or not (found := Upload(told["token"], told["name"])).file.is_file():
        raise NotFound(NOTHING)
    return Waiting(found, told["called"], _uploaded(told["source"]) if told["source"] else None)


def _named(error: Refused, upload: Upload) -> str:
    """What is refused, with the name that the file had where it comes from."""
    values = {key: upload.name if value == upload.file else value for key, value in error.values.items()}
    return sentence(Refused(error.message, **values))


def _form(request: HttpRequest, waiting: Waiting) -> MatchForm:
    file = waiting.upload.file
    is_text = file.suffix == ".csv"
    if request.method == "POST":
        return MatchForm(detect(file, **told_of(request.POST, file)), request.POST, is_text=is_text)
    kept = uploads.mapping_text(waiting.source) if waiting.source else None
    if kept is not None:
        document = yaml.safe_load(kept)
        found = detect(file, **(document.get("file", {}) if is_text else {}))
        return MatchForm(found, chosen_before(found, document), is_text=is_text)
    found = detect(file)
    return MatchForm(found, chosen_by_detection(found, zone=the_account().zone), is_text=is_text)


def _import(request: HttpRequest, waiting: Waiting, document: dict[str, Any], user: User) -> HttpResponse:
    slug = waiting.source.slug if waiting.source else free_slug(waiting.name, otherwise="files")
    source = uploads.take_over(waiting.upload, document, slug=slug, name=waiting.name, by=user, now=clock.now())
    queue.ask(f"sync:{source.slug}", "sync", now=clock.now())
    del request.session[UPLOAD]
    said = _("%(file)s is being read. The numbers follow in a minute or so.")
    messages.success(request, said % {"file": waiting.upload.name})
    return redirect("sources")


def _preview(upload: Upload, document: Mapping[str, Any], read: Reading) -> dict[str, Any]:
    """What the file brings: how many rows, the first of them, and the others by what is wrong with them."""
    meaning = mappings.parse(document)
    ready = read.rows - read.rejected
    with_zone = meaning.dates.zone
    first = [_row(one, with_zone) for one in islice(reading.tickets(upload.file, meaning), PREVIEWED)]
    return {
        "read": read,
        "ready": ready,
        "act": ngettext("Import %(number)s row", "Import %(number)s rows", ready) % {"number": number(ready)},
        "summary": _summary(ready, read.rejected),
        "first": first,
        "problems": [_problem(one) for one in sorted(read.reasons.values(), key=lambda one: -one.count)],
    }


def _summary(ready: int, rejected: int) -> str:
    said = ngettext("%(number)s row ready", "%(number)s rows ready", ready) % {"number": number(ready)}
    if not rejected:
        return said
    left_out = ngettext("%(number)s row left out", "%(number)s rows left out", rejected)
    return f"{said}, {left_out % {'number': number(rejected)}}"


def _problem(one: Reason) -> tuple[str, str]:
    return refused.in_words(one.reason, one.column, count=one.count, lines=one.lines, example=one.example)


def _row(ticket: reading.Ticket, zone: ZoneInfo) -> list[str]:
    moments = (ticket.created, ticket.first_reply, ticket.resolved)
    shown = ["–" if one is None else _moment(datetime.fromtimestamp(one, zone)) for one in moments]
    return [ticket.key, *shown, *(ticket.columns.get(key) or "–" for key in ("agent", "team", "pipeline"))]


def _moment(at: datetime) -> str:
    return f"{dates.day(at.date())}, {at:%H:%M}"
