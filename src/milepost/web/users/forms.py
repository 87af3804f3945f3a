"""The forms of users."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milepost.people.models import Person, User
from milepost.people.roles import NAMES, Role
from milepost.web.forms import PageForm


class UserForm(PageForm):
    """Name, role and person of a user."""

    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, _(name)) for role, name in NAMES.items()])
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("Works no tickets"),
        help_text=_("Whose tickets are theirs. Without a person a user has no goals of their own."),
    )

    def __init__(self, *arguments: Any, user: User | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        free = Q(user__isnull=True) if user is None else Q(user__isnull=True) | Q(user=user)
        persons = self.fields["person"]
        if isinstance(persons, forms.ModelChoiceField):
            persons.queryset = Person.objects.filter(free)

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])


class NewUserForm(UserForm):
    """A user to come; they choose their password themselves."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    seat = forms.BooleanField(
        label=_("Give a seat"), required=False, help_text=_("With a seat a user may manage the goals of others.")
    )
    field_order = ("name", "email", "role", "person", "seat")


class WelcomeForm(SetPasswordForm):  # type: ignore[type-arg] # generic for the type checker alone
    """A first password."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": ""} | options)
        dress(self)


class PasswordForm(PasswordChangeForm):
    """The old password and a new one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": ""} | options)
        dress(self)


def dress(form: forms.Form) -> None:
    """Fields of Django's own forms look like ours."""
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
