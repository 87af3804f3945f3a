"""Signing in, the theme and the language."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from milepost.base import clock
from milepost.notifications import preferences
from milepost.people.models import User
from milepost.web.back import back_to
from milepost.web.people.forms import SignInForm
from milepost.web.shell import THEME_COOKIE, THEMES

YEAR_SECONDS = 365 * 24 * 3600


class SignIn(LoginView):
    """Whoever is signed in already goes on to the goals."""

    authentication_form = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Messages come in the language of the page, until another one is chosen."""
        user = form.get_user()
        if isinstance(user, User) and not preferences.preference_of(user).language:
            preferences.change(user, now=clock.now(), language=get_language() or settings.LANGUAGE_CODE)
        return super().form_valid(form)


@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that the reader chose, for messages too, and go back."""
    answer = set_language(request)
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        preferences.change(request.user, now=clock.now(), language=chosen)
    return answer


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme that the reader chose, and go back. Anything but light and dark follows the system."""
    response = HttpResponseRedirect(back_to(request, "home"))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR_SECONDS, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
