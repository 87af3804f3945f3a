"""What templates of every page need: icons of the sprite, and the names of statuses."""

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
def icon(name: str, size: int = 16) -> SafeString:
    """A shape of the sprite, for the eye alone: words stand beside it."""
    return format_html(
        '<svg class="icon" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size,
        size,
        static("icons/sprite.svg"),
        name,
    )


@register.filter
def named(word: Status | Pace) -> str:
    """The name of a status or of a pace."""
    return gettext(statuses.NAMES[word] if isinstance(word, Status) else paces.NAMES[word])
