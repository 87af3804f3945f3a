"""People and teams as a file for spreadsheets, out and in."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.people import roster
from milepost.people.models import Team
from milepost.web.errors import sentence
from milepost.web.persons.forms import FileForm
from milepost.web.persons.remeasuring import remeasure
from milepost.web.persons.views import Desk, desk_of
from milepost.web.sheets import as_csv

# Bytes of a file; what fits into two thousand lines.
LARGEST: Final = 1_000_000
# More wrong lines than these are counted, and not listed.
LISTED: Final = 100

TOO_LARGE = gettext_noop("The file is larger than 1 MB. Split it.")
NOT_UTF_8 = gettext_noop("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Everybody with their memberships."""
    desk = desk_of(request, changes=False)
    return as_csv(roster.HEADING, roster.rows(desk.zone), name="people")


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """A file is tried out first; what was shown is taken over when it is confirmed."""
    desk = desk_of(request, changes=True)
    form = FileForm()
    context: dict[str, object] = {"form": form, "columns": roster.HEADING, "place": "people"}
    if request.method == "POST":
        try:
            if "text" in request.POST:
                return _take_over(request, desk)
            form = FileForm(request.POST, request.FILES)
            context["form"] = form
            if form.is_valid():
                text = text_of(form.cleaned_data["file"].read(LARGEST + 1))
                context |= {"text": text} | _shown(roster.try_out(text, zone=desk.zone, by=desk.user, now=desk.now))
        except Refused as refused:
            context["refused"] = sentence(refused)
    return render(request, "persons/import.html", context)


def _take_over(request: HttpRequest, desk: Desk) -> HttpResponse:
    text = request.POST["text"].replace("\0", "")
    outcome = roster.take_over(text, zone=desk.zone, by=desk.user, now=desk.now)
    if outcome.mistakes:
        context = {"form": FileForm(), "columns": roster.HEADING, "place": "people", "text": text} | _shown(outcome)
        return render(request, "persons/import.html", context)
    remeasure(Team.objects.values_list("pk", flat=True), now=desk.now)
    messages.success(request, _("The file is taken over."))
    return redirect("setup-people")


def text_of(content: bytes) -> str:
    """The text of a file, if it is small enough and in UTF-8."""
    if len(content) > LARGEST:
        raise Refused(TOO_LARGE)
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise Refused(NOT_UTF_8) from error


def _shown(outcome: roster.Outcome) -> dict[str, object]:
    wrong = [(one.number, sentence(one.error)) for one in outcome.mistakes]
    counts = [
        (_("New people"), outcome.people),
        (_("Addresses added"), outcome.addresses),
        (_("New teams"), outcome.teams),
        (_("New memberships"), outcome.memberships),
        (_("Corrected memberships"), outcome.corrected),
        (_("Lines that change nothing"), outcome.unchanged),
    ]
    return {"outcome": outcome, "counts": counts, "wrong": wrong[:LISTED], "more": max(0, len(wrong) - LISTED)}
