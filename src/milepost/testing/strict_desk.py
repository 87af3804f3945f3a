"""What the contract asks of a strict server: a help desk of one make on this machine, and people who work there."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar, Final

from pytest_httpserver import HTTPServer
from werkzeug import Response
from werkzeug.serving import WSGIRequestHandler

TOKEN: Final = "let-me-read"  # noqa: S105 - of no server but the strict ones
BEGIN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass
class StrictDesk(ABC):
    """Answers as the real one does, refuses what it does not know, and has a clock of its own.

    Celina and Dawid are its agents. `Support` and `Billing` are its pipelines, called "1" and "2" here; a ticket is
    opened in Support. Carol is a customer; what nobody did was done by "system". Statuses are called "open" and
    "resolved" here, whatever the make calls them.
    """

    server: HTTPServer
    now: datetime = BEGIN
    # What it answers next in the place of an answer, and how often it was asked.
    answers: list[Response] = field(default_factory=list)
    asked: int = 0
    # What it lets in, and whether that may change tickets.
    token: str = TOKEN
    may_write: bool = False

    # The key of the make, and how the customer is called in what it answers.
    make: ClassVar[str]
    customer: ClassVar[str] = "carol"
    # The groups of the two agents.
    teams: ClassVar[Sequence[str]] = ("Frontline",)
    # The steps of a check that warn of what only reads, and of what may change tickets. Some makes have nothing that
    # only reads, some do not tell what it may.
    warns: ClassVar[Sequence[str]] = ()
    warns_of_writing: ClassVar[Sequence[str]] = ("Token valid",)
    # Whether it hands a ticket to whoever closes it.
    hands_over: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Every answer tells its clock."""
        keep_time(self.server, lambda: self.now)

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it, secrets too."""
        return {"address": f"http://127.0.0.1:{self.server.port}", "token": TOKEN, "since": "2020-01-01"}

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    @property
    def folders(self) -> Sequence[Path]:
        """Folders of databases that whoever runs Milepost lists."""
        return ()

    @property
    def most_asked(self) -> int:
        """Fewer questions than this are enough for one change among sixty tickets."""
        return 20

    def pass_(self, **time: float) -> None:
        """Time goes on: `pass_(minutes=10)`."""
        self.now += timedelta(**time)

    def answers_next(self, status: int, body: str = "", headers: Mapping[str, str] | None = None) -> None:
        """The next question gets this in the place of an answer."""
        self.answers.append(Response(body, status=status, headers=headers))

    def revokes(self) -> None:
        """What let us in lets in no more."""
        self.token = "another"  # noqa: S105 - it opens nothing

    def lets_write(self) -> None:
        """What lets us in may change tickets too."""
        self.may_write = True

    @abstractmethod
    def opens(self, *, queue: str = "1") -> str:
        """Carol writes; the key of the ticket. The first is "1", the next "2"."""

    @abstractmethod
    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message of an agent, of Carol, or of the system."""

    @abstractmethod
    def notes(self, ticket: str, *, by: str) -> None:
        """A message that customers do not see."""

    @abstractmethod
    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """An agent gets the ticket."""

    @abstractmethod
    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """It goes to another pipeline."""

    @abstractmethod
    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """It gets another status."""

    @abstractmethod
    def reopens(self, ticket: str) -> None:
        """Carol writes, and the ticket is open again."""

    @abstractmethod
    def shreds(self, ticket: str) -> None:
        """The ticket is gone without a trace."""


class MergingDesk(StrictDesk):
    """One that tells of merged tickets."""

    @abstractmethod
    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """The ticket goes into another one."""


class DeletingDesk(StrictDesk):
    """One that tells of deleted tickets."""

    @abstractmethod
    def deletes(self, ticket: str, *, by: str) -> None:
        """The ticket is deleted, and that is told."""


class RestoringDesk(DeletingDesk):
    """One whose deleted tickets may come back."""

    @abstractmethod
    def restores(self, ticket: str) -> None:
        """The ticket is there again."""


def keep_time(server: HTTPServer, clock: Callable[[], datetime]) -> None:
    """Let the header Date of its answers tell this clock, from here on."""

    class Handler(WSGIRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the moment is the clock's
            return format_datetime(clock(), usegmt=True)

    if server.server is None:
        raise ValueError("Start the server first.")
    server.server.RequestHandlerClass = Handler
