"""Goals, their contributors and milestones, and a target in every cell."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from milepost.goals import notices
from milepost.goals.visibility import reach, rows_seen_by, within_teams_of
from milepost.people.models import Person, Team, User
from milepost.people.roles import Capability, Scope


class Goals(models.QuerySet["Goal"]):
    """The doors to goals for pages, exports and the API: what is not visible is not there."""

    def visible_to(self, user: User, *, now: datetime) -> "Goals":
        """Goals in which the user may see a row, and those they made."""
        if reach(user, Capability.SEE_INDIVIDUALS) is Scope.ALL:
            return self
        there = Contributor.objects.filter(goal=models.OuterRef("pk"), removed_at__isnull=True)
        seen = there.filter(rows_seen_by(user, now=now, contributor=""))
        return self.filter(models.Exists(seen) | models.Q(created_by=user))

    def editable_by(self, user: User, *, now: datetime) -> "Goals":
        """Goals that the user may change."""
        return self._within(user, Capability.EDIT_GOALS, now)

    def deletable_by(self, user: User, *, now: datetime) -> "Goals":
        """Goals that the user may archive and restore, and remove contributors from."""
        return self._within(user, Capability.DELETE_GOALS, now)

    def reopenable_by(self, user: User, *, now: datetime) -> "Goals":
        """Goals whose final results the user may open again."""
        return self._within(user, Capability.REOPEN_GOALS, now)

    def _within(self, user: User, capability: Capability, now: datetime) -> "Goals":
        """As far as the role reaches: all goals; those within the teams the user leads or made by them; personal ones.

        A personal goal is one that the user made for nobody but themselves.
        """
        match reach(user, capability):
            case Scope.ALL:
                return self
            case Scope.MY_TEAMS:
                beyond = Contributor.objects.exclude(within_teams_of(user, now=now)).filter(goal=models.OuterRef("pk"))
                return self.filter(~models.Exists(beyond) | models.Q(created_by=user))
            case Scope.OWN:
                # A user who works no tickets is no contributor: a team, which is no person, is not them.
                themselves = models.Q(person__isnull=False, person=user.person_id)
                others = Contributor.objects.exclude(themselves).filter(goal=models.OuterRef("pk"))
                return self.filter(~models.Exists(others), created_by=user)
        return self.none()


class Targets(models.QuerySet["Target"]):
    """The door to targets."""

    def visible_to(self, user: User, *, now: datetime) -> "Targets":
        """Rows of teams, the user's own, and individuals as far as the role reaches; none that were removed."""
        there = self.filter(contributor__removed_at__isnull=True)
        return there.filter(rows_seen_by(user, now=now, contributor="contributor__"))


class Goal(models.Model):
    """A wish: what is measured, for whom, over which span, cut into which milestones."""

    class Duration(models.TextChoices):
        """How long a milestone lasts."""

        WEEKLY = "weekly"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"
        YEARLY = "yearly"
        CUSTOM = "custom"

    class TeamBy(models.TextChoices):
        """What makes a ticket a team's: its agent's memberships, or the help-desk group at the act."""

        MEMBERSHIP = "membership"
        GROUP = "group"

    name = models.CharField(max_length=80)
    # The key of a goal template; empty when built from scratch.
    template = models.CharField(max_length=50, blank=True)
    # `metrics.question.Measure` as JSON, with a version.
    measure = models.JSONField()
    duration = models.CharField(max_length=10, choices=Duration.choices)
    # The horizon, half-open, in the zone below: milestones tile it.
    first_day = models.DateField()
    after_day = models.DateField()
    zone = models.CharField(max_length=64)
    team_by = models.CharField(max_length=10, choices=TeamBy.choices)
    forecast = models.BooleanField(default=True)
    note = models.CharField(max_length=280, blank=True)
    # Who is told what: `goals.notices` as it is kept.
    notices = models.JSONField(default=notices.usual)
    # Grows with every change of the goal or its targets, so that a second editor is told.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="goals_created")
    archived_at = models.DateTimeField(null=True)
    # One form makes one goal: pressing twice, or the back button, finds this key taken.
    form_key = models.UUIDField(unique=True)

    objects = Goals.as_manager()

    def __str__(self) -> str:
        return self.name


class Contributor(models.Model):
    """A person or a team that has targets in a goal."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="contributors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="contributions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="contributions")
    # Null for whoever was there from the start. Who joins has targets from the milestone of this moment or a later one.
    joined_at = models.DateTimeField(null=True)
    # Removed rows are in no list and no count; undoing brings them back as they were.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, team__isnull=False)
                | models.Q(person__isnull=False, team__isnull=True),
                name="contributor_is_a_person_or_a_team",
            ),
            models.UniqueConstraint(fields=["goal", "person"], name="person_contributes_once"),
            models.UniqueConstraint(fields=["goal", "team"], name="team_contributes_once"),
        ]

    def __str__(self) -> str:
        return str(self.person or self.team)


class Milestone(models.Model):
    """One period of a goal, `[start, end)`; the days are those of the goal's zone."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="milestones")
    ordinal = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    after_day = models.DateField()
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["goal", "ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "ordinal"], name="one_milestone_per_ordinal"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="milestone_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.goal} {self.first_day}"


class Target(models.Model):
    """The value wished of one contributor in one milestone; `value` is the newest version, empty when not set.

    Tickets in tickets, durations in seconds, shares in percent.
    """

    contributor = models.ForeignKey(Contributor, on_delete=models.CASCADE, related_name="targets")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="targets")
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    # Keys of the pipelines that count; empty means all.
    pipelines = models.JSONField(default=list)
    # Since when its verdict is open again, for the target to be changed and judged anew.
    reopened_at = models.DateTimeField(null=True)
    # Who is told what of this target; null is as the goal says.
    notices = models.JSONField(null=True)

    objects = Targets.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contributor", "milestone"], name="one_target_per_cell")
        ]

    def __str__(self) -> str:
        return f"{self.contributor}: {self.value}"


class TargetVersion(models.Model):
    """A value that a target had, from when on, by whom and why. Versions are only added."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="versions")
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    reason = models.TextField(blank=True)
    # Of a prorated value: what it is a share of, so that it is not prorated twice, and anew when absences change.
    whole = models.DecimalField(max_digits=16, decimal_places=4, null=True)

    class Meta:
        ordering: ClassVar = ["set_at", "pk"]

    def __str__(self) -> str:
        return f"{self.target}: {self.value} at {self.set_at:%Y-%m-%d %H:%M}"


class Draft(models.Model):
    """A goal that is being made: what the form holds so far, as JSON. It goes when the goal is published."""

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-saved_at"]

    def __str__(self) -> str:
        return str(self.data.get("name", ""))


class SavedView(models.Model):
    """Filters of the overview that a user keeps under a name; `query` is that of its address."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_view_per_name")]

    def __str__(self) -> str:
        return self.name
