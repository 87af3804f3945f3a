"""Setting a first password by a link, and changing one's own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordChangeView, PasswordResetConfirmView
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from milepost.base import clock
from milepost.people import users
from milepost.people.models import User
from milepost.web.people.signed_in import signed_in
from milepost.web.users.forms import PasswordForm, WelcomeForm


class Welcome(PasswordResetConfirmView):
    """The link works once: it is made from the password that it replaces."""

    form_class = WelcomeForm
    template_name = "users/welcome.html"

    def get_user(self, uidb64: str) -> User | None:
        """Who was invited; nobody who was deactivated since."""
        found = super().get_user(uidb64)
        return found if isinstance(found, User) and found.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, and sign in."""
        user = form.user
        users.set_password(user, form.cleaned_data["new_password1"], by=user, now=clock.now())
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        login(self.request, user)
        return HttpResponseRedirect(reverse("home"))


class Password(PasswordChangeView):
    """Other devices are signed out; this one stays."""

    form_class = PasswordForm
    template_name = "users/password.html"
    success_url = reverse_lazy("password")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the password, and tell history."""
        user = signed_in(self.request)
        users.set_password(user, form.cleaned_data["new_password1"], by=user, now=clock.now())
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Your new password is saved."))
        return HttpResponseRedirect(reverse("password"))
