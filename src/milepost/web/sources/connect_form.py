"""The form by which a help desk is connected, made from what its connector must be told."""

from typing import Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _

from milepost.base.errors import Refused
from milepost.connectors import settings
from milepost.connectors.contract import Make
from milepost.connectors.settings import Kind, Setting
from milepost.sources.models import Source
from milepost.web.forms import DayField, PageForm

LONGEST: Final = 4_000


class ConnectForm(PageForm):
    """What a make must be told. A secret is never shown again."""

    name = forms.CharField(max_length=200)

    def __init__(self, make: Make, *arguments: Any, **options: Any) -> None:
        self.make = make
        super().__init__(*arguments, initial={"name": make.name}, **options)
        self.fields["name"].label = _("Name of the source")
        self.fields |= {one.key: _field(one) for one in make.asked()}
        for one in self.fields.values():
            one.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """Refuse here what the connector cannot read."""
        cleaned = super().clean() or {}
        for one in self.make.asked():
            text = self._text(one.key)
            if text:
                try:
                    settings.READERS[one.kind](text)
                except Refused as refused:
                    self.refuse(refused, one.key)
        return cleaned

    def answers(self) -> dict[str, str]:
        """What was told, as texts."""
        return {one.key: text for one in self.make.asked() if (text := self._text(one.key))}

    def slug(self) -> str:
        """A free name for the folder of the source, after what it is called."""
        base = slugify(self.cleaned_data["name"])[:40] or self.make.key.replace("_", "-")
        taken = set(Source.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)

    def _text(self, key: str) -> str:
        value = self.cleaned_data.get(key)
        return "" if value is None else str(value).strip()


def _field(asked: Setting) -> forms.Field:
    common: dict[str, Any] = {
        "label": _(asked.label),
        "help_text": _(asked.hint) if asked.hint else "",
        "required": asked.is_required,
    }
    match asked.kind:
        case Kind.DAY:
            return DayField(**common)
        case Kind.STATUSES:
            return forms.CharField(
                widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
                initial=settings.as_text(asked.default),
                max_length=LONGEST,
                **common,
            )
        case Kind.SECRET:
            widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            return forms.CharField(widget=widget, max_length=LONGEST, **common)
        case Kind.ADDRESS | Kind.TEXT:
            return forms.CharField(widget=forms.TextInput(attrs={"spellcheck": "false"}), max_length=LONGEST, **common)
