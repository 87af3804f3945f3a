"""Absences from a file for spreadsheets: tried out first, then taken over as a whole or not at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.base.errors import NotFound, Refused
from milepost.people import absence_table
from milepost.web.absences.views import Desk, desk_of
from milepost.web.errors import sentence
from milepost.web.persons.csv_views import LARGEST, LISTED, text_of
from milepost.web.persons.forms import FileForm
from milepost.web.persons.remeasuring import rejudge
from milepost.web.setup import NOTHING

PAGE = "absences/import.html"


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """A file is tried out first; what was shown is taken over when it is confirmed."""
    desk = desk_of(request)
    if not desk.kept.exists():
        raise NotFound(NOTHING)
    context: dict[str, object] = {"form": FileForm(), "columns": absence_table.HEADING, "place": "absences"}
    try:
        if "text" in request.POST:
            return _take_over(request, desk, context)
        if request.method == "POST":
            form = FileForm(request.POST, request.FILES)
            context["form"] = form
            if form.is_valid():
                text = text_of(form.cleaned_data["file"].read(LARGEST + 1))
                outcome = absence_table.try_out(text, people=desk.kept, by=desk.user, now=desk.now)
                context |= {"text": text} | _shown(outcome)
    except Refused as refused:
        context["refused"] = sentence(refused)
    return render(request, PAGE, context)


def _take_over(request: HttpRequest, desk: Desk, context: dict[str, object]) -> HttpResponse:
    text = request.POST["text"].replace("\0", "")
    outcome = absence_table.take_over(text, people=desk.kept, by=desk.user, now=desk.now)
    if outcome.mistakes:
        return render(request, PAGE, context | {"text": text} | _shown(outcome))
    rejudge(outcome.people, now=desk.now)
    messages.success(request, _("The file is taken over."))
    return redirect("absences")


def _shown(outcome: absence_table.Outcome) -> dict[str, object]:
    wrong = [(one.number, sentence(one.error)) for one in outcome.mistakes]
    counts = [(_("New absences"), outcome.new), (_("Lines that change nothing"), outcome.unchanged)]
    return {"outcome": outcome, "counts": counts, "wrong": wrong[:LISTED], "more": max(0, len(wrong) - LISTED)}
