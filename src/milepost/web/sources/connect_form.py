"""The form by which a help desk is connected, made from what its connector must be told."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from milepost.base.errors import Refused, SourceFailed
from milepost.connectors import settings
from milepost.connectors.contract import Make
from milepost.connectors.settings import Kind, Setting
from milepost.sources import help_desks
from milepost.sources.models import Source
from milepost.sources.slugs import free_slug
from milepost.web.forms import DayField, PageForm

TOKEN_FILE: Final = "token_file"  # noqa: S105 - the name of a setting, not a secret


class ConnectForm(PageForm):
    """What a make must be told. A secret is never shown again, and need not be entered while it is kept."""

    name = forms.CharField(max_length=200)

    def __init__(self, make: Make, source: Source | None, *arguments: Any) -> None:
        self.make, self.source = make, source
        self.kept = {} if source is None else _kept(source)
        super().__init__(*arguments, initial={"name": make.name if source is None else source.name, **self._told()})
        self.fields["name"].label = _("Name of the source")
        self.fields |= {one.key: _field(one) for one in make.asked()}
        for one in make.asked():
            if one.is_secret and self._lets_in(one):
                self.fields[one.key].required = False
                self.fields[one.key].help_text = _("It is kept. Enter another one to change it.")
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

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
            elif one.is_secret and self._lets_in(one) and self._is_elsewhere():
                self.add_error(one.key, _("Enter it once more: it was kept for the server that it was entered for."))
        return cleaned

    def answers(self) -> dict[str, str]:
        """What was told, as texts; with what is kept and not asked for anew."""
        typed = {one.key: text for one in self.make.asked() if (text := self._text(one.key))}
        asked = {one.key for one in self.make.asked() if not one.is_secret}
        kept = {key: text for key, text in self.kept.items() if key not in asked}
        return {key: text for key, text in (kept | typed).items() if key != TOKEN_FILE or "token" not in typed}

    def slug(self) -> str:
        """The name of the folder of the source: the one it has, or a free one after what it is called."""
        if self.source is not None:
            return self.source.slug
        return free_slug(self.cleaned_data["name"], otherwise=self.make.key.replace("_", "-"))

    def _told(self) -> dict[str, str]:
        return {one.key: self.kept[one.key] for one in self.make.asked() if not one.is_secret and one.key in self.kept}

    def _lets_in(self, secret: Setting) -> bool:
        """Whether what lets us in is kept, here or in a file."""
        return secret.key in self.kept or TOKEN_FILE in self.kept

    def _is_elsewhere(self) -> bool:
        """Whether another server is asked than before: it must not be told what lets us into this one."""
        return self._text("address").rstrip("/") != self.kept.get("address", "").rstrip("/")

    def _text(self, key: str) -> str:
        value = self.cleaned_data.get(key)
        # A browser ends lines otherwise than whoever types them elsewhere.
        return "" if value is None else str(value).strip().replace("\r\n", "\n")


def _kept(source: Source) -> dict[str, str]:
    """What a source is read with; secrets that cannot be unsealed any more are entered anew."""
    try:
        return help_desks.answers_of(source)
    except SourceFailed:
        return dict(source.settings)


def _field(asked: Setting) -> forms.Field:
    common: dict[str, Any] = {
        "label": _(asked.label),
        "help_text": _(asked.hint) if asked.hint else "",
        "required": asked.is_required,
        "initial": "" if asked.is_required else settings.as_text(asked.default),
    }
    match asked.kind:
        case Kind.DAY:
            return DayField(**common)
        case Kind.STATUSES | Kind.QUERY:
            longest = settings.LONGEST_QUERY if asked.kind is Kind.QUERY else settings.LONGEST
            lines = forms.Textarea(attrs={"rows": 10 if asked.is_required else 6, "spellcheck": "false"})
            return forms.CharField(widget=lines, max_length=longest, **common)
        case Kind.SECRET:
            widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            return forms.CharField(widget=widget, max_length=settings.LONGEST, **common)
        case Kind.ADDRESS | Kind.DATABASE | Kind.TEXT:
            return forms.CharField(
                widget=forms.TextInput(attrs={"spellcheck": "false"}), max_length=settings.LONGEST, **common
            )
