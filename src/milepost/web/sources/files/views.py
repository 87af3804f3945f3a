"""Tickets from files: upload them, say what their columns mean, see what they bring, then import."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

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
from milepost.connectors.files.detection import detect
from milepost.connectors.files.reading import Reading
from milepost.connectors.table import mapping as mappings
from milepost.formats.numbers import in_bytes, number
from milepost.people.models import User
from milepost.sources import uploads
from milepost.sources.models import Source
from milepost.sources.slugs import free_slug
from milepost.sources.uploads import Trial, Upload
from milepost.web.errors import sentence
from milepost.web.forms import PageForm
from milepost.web.sheets import as_csv
from milepost.web.sources.connect_views import check_may_connect, demo_first
from milepost.web.sources.files import match_preview, match_words
from milepost.web.sources.files.match_fill import (
    chosen_before,
    chosen_by_detection,
    chosen_now,
    chosen_of_file,
    kept_rows,
    told_of,
)
from milepost.web.sources.files.match_form import MatchForm
from milepost.web.sources.files.match_preview import Tried
from milepost.worker import queue

# The uploads that somebody is about to match are kept in their session.
UPLOAD: Final = "upload"
REJECTS: Final = "rejected-rows"
NOTHING: Final = gettext_noop("Nothing here.")


class ManyFiles(forms.FileInput):
    """Takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All of them; an empty one is told by its name."""
        files = data if isinstance(data, list) else [data]
        if len(files) > 1 and (empty := [one.name for one in files if not one.size]):
            raise forms.ValidationError(_("%(file)s has no rows.") % {"file": empty[0]})
        return [super(ManyFilesField, self).clean(one, initial) for one in files or [None]]


class UploadForm(PageForm):
    """Files, and what their source is called."""

    name = forms.CharField(label=gettext_lazy("Name of the source"), max_length=200)
    file = ManyFilesField(
        label=gettext_lazy("Files"),
        widget=ManyFiles(attrs={"accept": ".csv,.xlsx,.parquet"}),
        help_text=gettext_lazy(
            "CSV, Excel or Parquet, with one row per ticket or one row per event. Up to 24 files of one kind at once, "
            "at most 200 MB together."
        ),
        error_messages={"empty": gettext_lazy("This file has no rows.")},
    )


@dataclass(frozen=True)
class Waiting:
    """Uploads that wait to be matched: of a source that is there, or of one that will be called so."""

    uploads: list[Upload]
    name: str
    source: Source | None

    @property
    def is_text(self) -> bool:
        """Whether a file of it is written in an encoding and with a delimiter."""
        return any(upload.file.suffix == ".csv" for upload in self.uploads)

    @property
    def first(self) -> Upload:
        """The file that is looked at: one whose encoding matters, if there is one."""
        return next((upload for upload in self.uploads if upload.file.suffix == ".csv"), self.uploads[0])

    @property
    def size(self) -> str:
        """How large the files are together."""
        return in_bytes(sum(upload.file.stat().st_size for upload in self.uploads))


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
    """What the columns mean, and what the files bring when they mean that."""
    user = check_may_connect(request)
    waiting = _waiting(request)
    context: dict[str, Any] = {"waiting": waiting, "source": waiting.source, "place": "sources"}
    try:
        form = _form(request, waiting)
        context |= {"form": form}
        if form.is_valid():
            document = form.document()
            meaning = mappings.parse(document)
            if waiting.source is not None:
                uploads.check_rules(waiting.source, meaning)
            with uploads.trial(meaning, waiting.source, now=clock.now()) as trial:
                read = [Tried(upload, _try_out(trial, upload, waiting)) for upload in waiting.uploads]
                context |= match_preview.preview(read, meaning, form)
                context["changes"] = _changes(trial, waiting, document)
            if request.POST.get("act") == "import":
                return _import(request, waiting, document, user)
    except Refused as error:
        context["refused"] = _named(error, waiting)
    return render(request, "sources/match.html", context)


@require_GET
def rejects(request: HttpRequest) -> StreamingHttpResponse:
    """The rows that could not be read when the files were tried out, with the reason of each."""
    check_may_connect(request)
    waiting = _waiting(request)
    told = [upload for upload in waiting.uploads if upload.rejects.is_file()]
    if not told:
        raise NotFound(NOTHING)
    heading = next(_rejected(told[0]))
    if len(waiting.uploads) == 1:
        return as_csv(heading, _reasoned(told[0]), name=REJECTS)
    named = ([upload.name, *row] for upload in told for row in _reasoned(upload))
    return as_csv(["file", *heading], named, name=REJECTS)


def _reasoned(upload: Upload) -> Iterator[list[str]]:
    """The rows of one file, with their reasons in the reader's language."""
    for line, reason, *cells in islice(_rejected(upload), 1, None):
        yield [line, _(reason), *cells]


def _rejected(upload: Upload) -> Iterator[list[str]]:
    with upload.rejects.open(encoding="utf-8", errors="replace", newline="") as text:
        yield from csv.reader(text)


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
            received = uploads.receive(form.cleaned_data["file"])
            _forget(request)
            files = [{"token": one.token, "name": one.name} for one in received]
            name = source.name if source else form.cleaned_data["name"]
            request.session[UPLOAD] = {"files": files, "called": name, "source": source.pk if source else None}
            return redirect("source-match")
        except Refused as error:
            form.refuse(error, "file")
    return render(request, "sources/upload.html", {"form": form, "source": source, "place": "sources"})


def _forget(request: HttpRequest) -> None:
    """Earlier uploads that were never imported go."""
    for told in request.session.pop(UPLOAD, {}).get("files", []):
        earlier = Upload(**told)
        earlier.file.unlink(missing_ok=True)
        earlier.rejects.unlink(missing_ok=True)


def _waiting(request: HttpRequest) -> Waiting:
    told = request.session.get(UPLOAD, {})
    found = [Upload(**one) for one in told.get("files", [])]
    if not found or not all(upload.file.is_file() for upload in found):
        raise NotFound(NOTHING)
    return Waiting(found, told["called"], _uploaded(told["source"]) if told["source"] else None)


def _changes(trial: Trial, waiting: Waiting, document: dict[str, Any]) -> str:
    """What becomes of the tickets that are there. Under another mapping the earlier files say something else too."""
    if waiting.source is not None and not uploads.is_kept(waiting.source, document):
        return _("The mapping is another one now: the earlier files of this source are read again by it too.")
    return match_preview.changes(trial.changes())


def _try_out(trial: Trial, upload: Upload, waiting: Waiting) -> Reading:
    """Read a file as it would be imported; of several, a refusal says which one it is."""
    try:
        return trial.read(upload)
    except Refused as error:
        if len(waiting.uploads) == 1 or upload.file in error.values.values():
            raise
        said = gettext_noop("%(file)s: %(reason)s")
        raise Refused(said, file=upload.name, reason=_named(error, waiting)) from error


def _named(error: Refused, waiting: Waiting) -> str:
    """What is refused, with the names that the files had where they come from."""
    names = {upload.file: upload.name for upload in waiting.uploads}
    told = {key: names.get(value, value) if isinstance(value, Path) else value for key, value in error.values.items()}
    return sentence(Refused(error.message, **told))


def _form(request: HttpRequest, waiting: Waiting) -> MatchForm:
    file, zone = waiting.first.file, the_account().zone
    text = uploads.mapping_text(waiting.source) if waiting.source else None
    kept = yaml.safe_load(text) if text is not None else {}
    if request.method == "POST":
        answers = {**request.POST.dict(), "nulls": request.POST.getlist("nulls"), **kept_rows(kept)}
        found = detect(file, **told_of(answers, file))
        chosen = chosen_now(found, answers, zone=zone)
    elif kept:
        found = detect(file, **told_of(chosen_of_file(kept), file))
        chosen = chosen_before(found, kept)
    else:
        found = detect(file)
        chosen = chosen_by_detection(found, zone=zone)
    words = match_words.find([upload.file for upload in waiting.uploads], found, chosen, kept)
    return MatchForm(found, chosen, words, is_text=waiting.is_text, kept=kept)


def _import(request: HttpRequest, waiting: Waiting, document: dict[str, Any], user: User) -> HttpResponse:
    slug = waiting.source.slug if waiting.source else free_slug(waiting.name, otherwise="files")
    source = uploads.take_over(waiting.uploads, document, slug=slug, name=waiting.name, by=user, now=clock.now())
    queue.ask(f"sync:{source.slug}", "sync", now=clock.now())
    del request.session[UPLOAD]
    messages.success(request, _is_being_read([upload.name for upload in waiting.uploads]))
    return redirect("sources")


def _is_being_read(names: list[str]) -> str:
    if len(names) == 1:
        return _("%(file)s is being read. The numbers follow in a minute or so.") % {"file": names[0]}
    said = ngettext(
        "%(count)s file is being read. The numbers follow in a minute or so.",
        "%(count)s files are being read. The numbers follow in a minute or so.",
        len(names),
    )
    return said % {"count": number(len(names))}
