"""What was told to whom, by which way it travels, and what a person wants."""

from datetime import datetime, time
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from milepost.goals.models import Milestone, Target
from milepost.notifications.kinds import NAMES, Kind
from milepost.people.models import Team, User

KINDS = [(kind.value, _(NAMES[kind])) for kind in Kind]


class Watch(models.Model):
    """Since when targets are looked at. One row; whoever looks holds it, so that nobody else does meanwhile."""

    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_watch")]

    def __str__(self) -> str:
        return f"since {self.since}"


class KnownTarget(models.Model):
    """How a target stood when it was looked at last: `decide.Known` as it is kept."""

    target = models.OneToOneField(Target, on_delete=models.CASCADE, related_name="known")
    begun = models.BooleanField(default=False)
    pace = models.CharField(max_length=20, null=True)  # noqa: DJ001 - no pace is not an empty pace
    told = models.BigIntegerField(null=True)
    verdict = models.PositiveIntegerField(default=0)
    monday = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.target)


class HeardChange(models.Model):
    """A change of history that was looked at: what it tells was told. Kept as long as changes are looked at."""

    change = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.change)


class Preference(models.Model):
    """What a user wants. Without a row, and where a column is empty, it is as the account has it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preference")
    language = models.CharField(max_length=10, blank=True)
    # Of messages; pages are on the clocks of the account.
    zone = models.CharField(max_length=64, blank=True)
    quiet_from = models.TimeField(default=time(18))
    quiet_until = models.TimeField(default=time(8))
    mail = models.BooleanField(default=True)
    # Kinds that come by no e-mail; in the inbox they are all the same.
    not_mailed = models.JSONField(default=list, blank=True)
    digest = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.user)


class Hook(models.Model):
    """A place outside that results of teams are posted to. Its address and key are secrets, and kept sealed."""

    class Make(models.TextChoices):
        """What listens there."""

        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        WEBHOOK = "webhook", _("Signed webhook")
        APPRISE = "apprise", _("Another service, through apprise")

    name = models.CharField(max_length=80, unique=True)
    make = models.CharField(max_length=10, choices=Make.choices)
    address = models.TextField()
    # What a webhook is signed with.
    key = models.TextField(blank=True)
    # Empty posts the results of all teams.
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    kinds = models.JSONField(default=list)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    switched_off_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message on its way: an e-mail to a user, or a post to a hook.

    What comes up before `due_at` joins it. It is tried until it is sent; dropped where nothing is left to say, or
    nobody can take it. The message id is the same at every try, so that a second copy is known as one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="deliveries")
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, null=True, related_name="deliveries")
    message_id = models.UUIDField(unique=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, hook__isnull=False)
                | models.Q(user__isnull=False, hook__isnull=True),
                name="delivery_to_a_user_or_a_hook",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="deliveries_on_their_way",
            )
        ]

    def __str__(self) -> str:
        return f"to {self.user or self.hook}"


class Notices(models.QuerySet["Notice"]):
    """The door to notices."""

    def inbox_of(self, user: User, *, now: datetime) -> "Notices":
        """What a user was told, as far as they may see its target today, the newest first."""
        seen = Target.objects.visible_to(user, now=now)
        told = self.filter(user=user, visible_at__lte=now, target__in=seen)
        return told.filter(target__contributor__goal__archived_at__isnull=True).order_by("-visible_at", "-pk")


class Notice(models.Model):
    """Something that was told once, to a user or to a hook. The numbers are those of the moment it was decided."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="notices")
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, null=True, related_name="notices")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=KINDS)
    occasion = models.CharField(max_length=30)
    # Why it is told: `goals.notices.Audience`; empty for a hook.
    audience = models.CharField(max_length=10, blank=True)
    # `wording.Numbers` as it is kept.
    numbers = models.JSONField(default=dict)
    decided_at = models.DateTimeField()
    # The lead hears of a miss a day after the person.
    visible_at = models.DateTimeField()
    # After this it is not sent any more.
    until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, related_name="notices")

    objects = Notices.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "target", "milestone", "kind", "occasion"], name="told_once_to_a_user"
            ),
            models.UniqueConstraint(
                fields=["hook", "target", "milestone", "kind", "occasion"], name="told_once_to_a_hook"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, hook__isnull=False)
                | models.Q(user__isnull=False, hook__isnull=True),
                name="notice_to_a_user_or_a_hook",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "visible_at"])]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user or self.hook}"


class Digest(models.Model):
    """The weekly digest of a user as it was written, in their language: `digest.Content` as it is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    monday = models.DateField()
    content = models.JSONField()
    written_at = models.DateTimeField()
    until = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, related_name="digests")

    class Meta:
        ordering: ClassVar = ["-monday"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "monday"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.user}, week of {self.monday}"
