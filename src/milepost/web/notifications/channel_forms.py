"""The form of a channel."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milepost.notifications.hooks import POSTED, NewHook
from milepost.notifications.kinds import NAMES, Kind
from milepost.notifications.models import Hook
from milepost.people.models import Team
from milepost.web.forms import PageForm


class ChannelForm(PageForm):
    """Of a new channel, or of one that there is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    make = forms.ChoiceField(label=gettext_lazy("What listens there"))
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The address of the incoming webhook. It is kept sealed and never shown again."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is posted"), widget=forms.CheckboxSelectMultiple, required=True
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Of which teams"),
        queryset=Team.objects.none(),
        required=False,
        help_text=gettext_lazy("Without a choice, of all teams. Results of individuals are never posted."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of messages"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        offered = [make for make in Hook.Make if make is not Hook.Make.APPRISE or settings.APPRISE]
        self._choices("make", [(make.value, str(make.label)) for make in offered])
        self._choices("kinds", [(kind.value, _(NAMES[kind])) for kind in POSTED])
        self._choices("language", [(code, _(str(name))) for code, name in settings.LANGUAGES])
        self.fields["kinds"].widget.attrs.pop("class", None)
        teams = self.fields["teams"]
        if isinstance(teams, forms.ModelMultipleChoiceField):
            teams.queryset = Team.objects.all()

    @classmethod
    def of(cls, hook: Hook, sent: Mapping[str, Any] | None = None) -> "ChannelForm":
        """Of one that there is: an empty address leaves it as it is, and it stays of its make."""
        kept = {"name": hook.name, "make": hook.make, "kinds": hook.kinds, "language": hook.language}
        form = cls(sent, initial=kept | {"teams": list(hook.teams.all())})
        form.fields["address"].required = False
        form.fields["make"].disabled = True
        return form

    @property
    def new_hook(self) -> NewHook:
        """What was typed."""
        cleaned = self.cleaned_data
        return NewHook(
            name=cleaned["name"],
            make=Hook.Make(cleaned["make"]),
            address=cleaned["address"].strip(),
            kinds=tuple(Kind(one) for one in cleaned["kinds"]),
            teams=tuple(cleaned["teams"]),
            language=cleaned["language"],
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
