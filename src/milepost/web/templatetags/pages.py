"""What templates of every page need: icons of the sprite, and the names of statuses."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.goals.pace import Pace
from milepost.goals.status import Status

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 16) -> SafeString:
    """A shape of the sprite, for the eye alone: words stand beside it."""
    return format_html(
        '<svg class="icon" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size,
        size,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def status(of: Status) -> SafeString:
    """The chip of a status."""
    return _sign('<span class="chip {}">{}{}</span>', of, named(of))


@register.simple_tag
def pace(of: Pace) -> SafeString:
    """The words of a pace, with its shape."""
    return _sign('<span class="pace {}">{}{}</span>', of, named(of))


@lru_cache(maxsize=256)
def _sign(form: str, word: Status | Pace, name: str) -> SafeString:
    return format_html(form, word.value, icon(word.value, 12), name)


@register.filter
def named(word: Status | Pace) -> str:
    """The name of a status or of a pace."""
    return gettext(statuses.NAMES[word] if isinstance(word, Status) else paces.NAMES[word])
