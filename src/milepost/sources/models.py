"""The help desks and files that this installation reads, and who is who in them."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext

from milepost.people.models import Person, Team

# In the settings of a source that others send to: that it sends heartbeats.
HEARTBEAT: Final = "heartbeat"


class Source(models.Model):
    """One help desk or one series of files. `slug` names its folder in the fact store."""

    class Make(models.TextChoices):
        """What kind of thing is read; beside these, the keys of the connectors."""

        FILE = "file"
        FOLDER = "folder"
        FEED = "feed"
        INBOUND = "inbound"
        DEMO = "demo"

    READ_BY_HAND: ClassVar = (Make.FILE, Make.DEMO)

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    make = models.CharField(max_length=40)
    # What the numbers of this source rest on and readers must be told, as codes of `tickets.notes`.
    notes = models.JSONField(default=list)
    complete_from = models.DateTimeField(null=True)
    complete_until = models.DateTimeField(null=True)
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True)
    # Where it is read from, and by what: a folder and its mapping, the settings of a connector.
    settings = models.JSONField(default=dict, blank=True)
    # What lets us in, sealed by the vault.
    secrets = models.TextField(blank=True)
    # When it was last asked for tickets that it does not have any more.
    reconciled_at = models.DateTimeField(null=True)
    # Where the next sync begins, in the source's own words; empty before the first.
    cursor = models.TextField(blank=True)
    # When it was asked last and answered, whether or not anything had changed. None: it is never asked.
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Its name, in the language of the reader where it came with Milepost."""
        return gettext(self.name)

    @property
    def is_asked(self) -> bool:
        """Whether it should be heard of every few minutes; the others are when somebody imports a file, or sends.

        One that sends to us should, once it has sent a heartbeat.
        """
        if self.is_inbound:
            return HEARTBEAT in self.settings
        return self.make not in Source.READ_BY_HAND

    @property
    def is_inbound(self) -> bool:
        """Whether others send to it what is new."""
        return self.make == Source.Make.INBOUND


class Demo(models.Model):
    """The demo desk, one row from the wish for it until it is removed: who asked, how far it is, what it brought."""

    asked_at = models.DateTimeField()
    # The user who asked, by key, who may leave before it does; null where `milepost demo` made the whole installation.
    asked_by = models.BigIntegerField(null=True)
    # How much of the log was read, in percent.
    percent = models.PositiveSmallIntegerField(default=0)
    loaded_at = models.DateTimeField(null=True)
    # Why it was not loaded: a text of the catalogue and what stands in its places.
    error = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)
    # The keys of the persons, teams and goals that came with it; and the settings that it changed, as they were.
    brought = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_demo")]

    def __str__(self) -> str:
        return "Demo desk"


class AllowedServer(models.Model):
    """A host and port of the own network from which an administrator allowed to read."""

    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    allowed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["host", "port"], name="one_row_per_allowed_server")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Sync(models.Model):
    """One reading of a source: what came, what was refused."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="syncs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    what = models.CharField(max_length=300)
    # How many rows were read and how many tickets they changed, and what was rejected, by reason.
    counts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class WatchedFile(models.Model):
    """A file of a watched folder: how it looked last, since when it looks so, and how it looked when it was read."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    looks_so_since = models.DateTimeField()
    read_size = models.BigIntegerField(null=True)
    read_modified_ns = models.BigIntegerField(null=True)
    # Why it could not be read as it looks now: a text of the catalogue and what stands in its places.
    error = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)
    # How much of it was read so far; None while nobody reads it.
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "name"], name="one_row_per_watched_file")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_read(self) -> bool:
        """Whether it was read, or refused, as it looks now."""
        return (self.size, self.modified_ns) == (self.read_size, self.read_modified_ns)


class Identity(models.Model):
    """A name in a source (an agent, a group, a pipeline) and whom it stands for.

    `number` is the name's number in the fact store, the one that facts carry.
    """

    class Kind(models.TextChoices):
        """What the name is a name of."""

        AGENT = "agent"
        TEAM = "team"
        PIPELINE = "pipeline"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=1000)
    number = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="identities")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="identities")
    # What the source calls an agent, and since when it says that they work there no more; empty until it was told.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True, db_index=True)
    deactivated_at = models.DateTimeField(null=True)
    # The keys of the groups that it says they are in.
    groups = models.JSONField(default=list, blank=True)
    # When somebody said whom it stands for, and when they made it another person than it came as.
    reviewed_at = models.DateTimeField(null=True)
    united_at = models.DateTimeField(null=True)
    # Who it stood for before that, if they are still there.
    earlier_person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="one_identity_per_name"),
            models.UniqueConstraint(fields=["kind", "number"], name="one_identity_per_number"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class Entrance(models.Model):
    """The address at which others send the events of a source to us, and what lets them in."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="entrance")
    # What the address ends with.
    key = models.CharField(max_length=40, unique=True)
    # Of the token; empty where none lets in.
    token_hash = models.CharField(max_length=64, blank=True)
    # The token before it, which lets in for a while yet.
    earlier_hash = models.CharField(max_length=64, blank=True)
    earlier_until = models.DateTimeField(null=True)
    # The secret of signatures, sealed; empty where none is made.
    signing = models.TextField(blank=True)
    # When anything came last that was let in.
    received_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source}"


class Arrival(models.Model):
    """One thing that was sent to us. Once it is in the facts only what it is known by is kept, for a while."""

    class Kind(models.TextChoices):
        """What was sent."""

        EVENT = "event"
        TICKET = "ticket"
        HEARTBEAT = "heartbeat"
        REFUSED = "refused"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="arrivals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # By what an event is known when it comes again: a hash of its name, or of all it says.
    known_by = models.CharField(max_length=64, null=True)  # noqa: DJ001 - empty texts would be the same event
    # A hash of the number of the ticket, and of all that is said.
    about = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    told = models.JSONField(default=dict, blank=True)
    events = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    # When it was in the facts.
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "known_by"], name="one_row_per_event_that_was_sent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "id"], condition=models.Q(taken_at__isnull=True), name="arrivals_waiting"),
            models.Index(fields=["source", "about", "-id"], name="arrivals_of_a_ticket"),
            models.Index(fields=["taken_at"], name="arrivals_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.pk}"


class Bell(models.Model):
    """An address at which a help desk says that something changed, so that it is read at once."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="bell")
    # Of what the address ends with, which is its secret.
    key_hash = models.CharField(max_length=64, unique=True)
    # The secret of the vendor's signatures, sealed; empty where none was entered.
    signing = models.TextField(blank=True)
    rung_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source}"
