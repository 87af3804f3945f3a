"""Users sign in; persons work tickets; teams hold persons from one moment to another."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from milepost.people.roles import NAMES, Role


class Person(models.Model):
    """Someone who works tickets, whether or not they can sign in."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team of persons; also what a help desk calls a group."""

    name = models.CharField(max_length=200, unique=True)
    members = models.ManyToManyField(Person, through="Membership", related_name="teams")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person belongs to a team during `[since, until)`; several may overlap."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    leads = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="membership_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class Users(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case, so that one address is one user."""

    def create_user(self, email: str, password: str | None, *, name: str, role: Role, **fields: Any) -> "User":
        """A user with this password; without one, nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), name=name, role=role, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address, however it was typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Someone who can sign in."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=[(role.value, _(name)) for role, name in NAMES.items()])
    # A user with a seat may manage the goals of others.
    seat = models.BooleanField(default=True)
    person = models.OneToOneField(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]

    objects = Users()

    def __str__(self) -> str:
        return self.name
