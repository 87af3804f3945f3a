"""Users sign in; persons work tickets, and are absent on some days; teams hold persons for a while."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from milepost.base.names import fold, natural
from milepost.people.roles import NAMES, Role


class FromName(models.CharField[str, str]):
    """A column that follows the name whenever a row is saved, in bulk too; `saving` whatever names it."""

    def __init__(self, made_by: Callable[[str], str], **options: Any) -> None:
        self.made_by = made_by
        # Padding numbers makes a name longer.
        super().__init__(max_length=2200, editable=False, default="", **options)

    def deconstruct(self) -> Any:
        """As a migration keeps it."""
        name, path, _arguments, options = super().deconstruct()
        for inherited in ("max_length", "editable", "default"):
            options.pop(inherited, None)
        return name, path, [self.made_by], options

    def pre_save(self, instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001 - Django’s signature
        """What the name makes it."""
        value = self.made_by(str(instance.name))  # type: ignore[attr-defined]
        setattr(instance, self.attname, value)
        return value


class Person(models.Model):
    """Someone who works tickets, whether or not they can sign in."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    # Since when the person works no tickets; the newest row of `deactivations` says the same.
    deactivated_at = models.DateTimeField(null=True, blank=True)
    folded = FromName(fold)
    order = FromName(natural)

    class Meta:
        ordering: ClassVar = ["order", "name", "pk"]
        indexes: ClassVar = [models.Index(fields=["email"], name="person_email")]

    def __str__(self) -> str:
        return self.name


class Deactivation(models.Model):
    """A person works no tickets during `[since, until)`. What ends in it is measured no further, for good.

    Both may be entered later than they are; when they were decides which results were final before.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deactivations")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    since_entered_at = models.DateTimeField()
    until_entered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.person} from {self.since:%Y-%m-%d}"


class AbsenceFeed(models.Model):
    """A calendar outside that says when a person is absent."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="absence_feed")
    # Sealed: whoever knows the address can read the calendar. Pages show the host.
    address = models.TextField()
    host = models.CharField(max_length=255)
    connected_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Why the newest try failed, as a sentence to be translated and its values; empty when it did not.
    failure = models.TextField(blank=True)
    failure_values = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.person}: {self.host}"


class Absence(models.Model):
    """A person works no tickets on the days `[first_day, after_day)` of the account's zone. Why is nowhere kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    after_day = models.DateField()
    # The calendar that it comes from, and follows; without one it was entered here.
    feed = models.ForeignKey(AbsenceFeed, on_delete=models.CASCADE, null=True, related_name="absences")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["first_day", "after_day", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(after_day__gt=models.F("first_day")), name="absence_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["person", "first_day", "after_day"],
                condition=models.Q(removed_at__isnull=True, feed__isnull=True),
                name="absence_entered_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["after_day"], name="absence_after_day")]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_day} – {self.last_day}"

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return self.after_day - timedelta(days=1)


class Team(models.Model):
    """A team of persons; also what a help desk calls a group."""

    name = models.CharField(max_length=200, unique=True)
    members = models.ManyToManyField(Person, through="Membership", related_name="teams")
    folded = FromName(fold)
    order = FromName(natural)

    class Meta:
        ordering: ClassVar = ["order", "name"]

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
