"""One address for the page and for the panel that opens over other pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.base import clock
from milepost.web.people.signed_in import signed_in
from milepost.web.search.found import find

LONGEST = 80


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the letters find; nothing is looked for without any."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    results = find(text, signed_in(request), now=clock.now()) if text else []
    template = "search/results.html" if "panel" in request.GET else "search/page.html"
    return render(request, template, {"text": text, "results": results})
