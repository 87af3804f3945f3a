"""What the folder of a source is called."""

from django.utils.text import slugify

from milepost.sources import apart
from milepost.sources.models import Source

LONGEST = 40


def free_slug(name: str, *, otherwise: str) -> str:
    """The first name of a folder made of what the source is called that no source has; `otherwise` where nothing is.

    Names of demo desks are left to them.
    """
    base = slugify(name)[:LONGEST] or otherwise
    taken = set(Source.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 4)))
    return next(one for one in names if one not in taken and not apart.is_demo(one))
