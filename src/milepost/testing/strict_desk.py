"""What the contract asks of a strict server: a help desk of one make on this machine, and people who work there."""

from datetime import datetime
from typing import Protocol

from pytest_httpserver import HTTPServer


class StrictDesk(Protocol):
    """Answers as the real one does, refuses what it does not know, and has a clock of its own.

    Celina and Dawid are its agents, in the group Frontline. `Support` and `Billing` are its pipelines, called "1" and
    "2" here; a ticket is opened in Support. Carol is a customer.
    """

    server: HTTPServer
    now: datetime
    # How often it was asked.
    asked: int
    # What it lets in; a test changes it to revoke what was told.
    token: str
    may_write: bool
    # The key of the make, and how the customer is called in what it answers.
    make: str
    customer: str

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it, secrets too."""

    def pass_(self, **time: float) -> None:
        """Time goes on: `pass_(minutes=10)`."""

    def opens(self) -> str:
        """Carol writes; the key of the ticket. The first is "1", the next "2"."""

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message of an agent, or of Carol."""

    def notes(self, ticket: str, *, by: str) -> None:
        """A message that customers do not see."""

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """An agent gets the ticket."""

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """It goes to another pipeline."""

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """It gets another status, such as `resolved`."""

    def reopens(self, ticket: str) -> None:
        """Carol writes, and the ticket is open again."""

    def shreds(self, ticket: str) -> None:
        """The ticket is gone without a trace."""

    def answers_next(self, status: int, body: str = "", **headers: str) -> None:
        """The next request gets this answer; `Retry_After` stands for Retry-After."""
