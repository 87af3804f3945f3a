"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SIZE: Final = 50


@dataclass(frozen=True)
class Paged:
    """The rows of a page, and the links to the others: number, address, whether it is this one."""

    rows: list[Any]
    found: int
    pages: list[tuple[int | str, str, bool]]


def paged(request: HttpRequest, rows: QuerySet[Any]) -> Paged:
    """The page that the address asks for, or the nearest there is."""
    paginator = Paginator(rows, SIZE)
    page = paginator.get_page(request.GET.get("page"))
    return Paged(list(page.object_list), paginator.count, _links(request, page, paginator))


def _links(request: HttpRequest, page: Page[Any], paginator: Paginator[Any]) -> list[tuple[int | str, str, bool]]:
    if paginator.num_pages == 1:
        return []
    kept = [(name, value) for name, value in request.GET.items() if name != "page"]
    numbers = paginator.get_elided_page_range(page.number)
    return [(number, "?" + urlencode([*kept, ("page", number)]), number == page.number) for number in numbers]
