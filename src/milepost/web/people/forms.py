"""Signing in by e-mail and password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from milepost.web.people import tries


class SignInForm(AuthenticationForm):
    """The same answer for a wrong password and an unknown user; after ten tries, five minutes' rest."""

    username = forms.EmailField(label=_("E-mail"), max_length=254)
    error_messages = {  # noqa: RUF012 - Django's name for it
        "invalid_login": _("E-mail or password is wrong."),
        "inactive": _("E-mail or password is wrong."),
        "too_many": _("Too many tries. Wait 5 minutes and try again."),
    }

    def clean(self) -> dict[str, Any]:
        """Count the try, unless it succeeds."""
        address = self.cleaned_data.get("username", "")
        if tries.are_used_up(address):
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")
        tries.count(address)
        cleaned = super().clean()
        tries.forget(address)
        return cleaned
