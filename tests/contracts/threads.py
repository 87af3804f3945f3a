"""What strict servers share whose conversations tell what happened in threads: Help Scout, and what imitates it."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from milepost.testing.strict_desk import RestoringDesk

CELINA, DAWID, CAROL = 11, 12, 91
MAILBOXES: Final = {1: "Support", 2: "Billing"}
WORDS: Final = {"open": "active", "resolved": "closed", "feedback": "pending", "spam": "spam"}
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class ThreadedDesk(RestoringDesk):
    """Conversations, and what happened in them. Every thread carries the status and the holder that it left."""

    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    threads: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # Everything that lets in may write.
    may_write: bool = True
    mailboxes: dict[int, str] = field(default_factory=lambda: dict(MAILBOXES))
    sorts: bool = True
    # What happens before the next page of conversations is handed out.
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    next_number: int = 1

    warns = ("Token valid",)
    # What a line says of which nothing but the status it left is known.
    line_of_status: ClassVar[str]

    @abstractmethod
    def person(self, name: str) -> dict[str, Any]:
        """Somebody, as threads and conversations tell who it is."""

    @abstractmethod
    def particular(self, number: int) -> dict[str, Any]:
        """What a conversation of this make tells beside what all of them do."""

    def opens(self, *, queue: str = "1", by: str = "carol", **more: Any) -> str:
        """Somebody writes to a mailbox, or out of one."""
        number = max(self.threads, default=0) + 1
        self.conversations[number] = {
            "id": number,
            "number": number,
            "type": "email",
            "folderId": 11,
            "status": "active",
            "state": "published",
            "subject": "Where is my parcel?",
            "preview": "Where is it?",
            "mailboxId": int(queue),
            "createdBy": self.person(by),
            "createdAt": self.moment(),
            "updatedAt": self.moment(),
            "userUpdatedAt": self.moment(),
            "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
            "cc": [],
            "bcc": [],
            "customFields": [],
            **self.particular(number),
            **more,
        }
        self.threads[number] = []
        to = f"{MAILBOXES[int(queue)]}@example.com" if by == "carol" else "carol@example.net"
        self.happens(str(number), by=by, kind="customer" if by == "carol" else "message", to=[to])
        return str(number)

    def happens(self, ticket: str, *, by: str, kind: str = "message", action: str = "", **more: Any) -> None:
        """A thread."""
        one = self.conversations[int(ticket)]
        one["updatedAt"] = self.moment()
        if by != "carol":
            one["userUpdatedAt"] = self.moment()
        self.threads[int(ticket)].append(
            {
                "id": self.next_number,
                "type": kind,
                "status": one["status"],
                "state": "published",
                "action": {"type": action, "text": f"{by} {action}", "associatedEntities": {}},
                "body": "" if action else "<p>…</p>",
                "source": {"type": "email", "via": "customer" if by == "carol" else "user"},
                "customer": self.person("carol"),
                "createdBy": self.person(by),
                "assignedTo": one.get("assignee"),
                "to": [],
                "cc": [],
                "bcc": [],
                "createdAt": self.moment(),
                "openedAt": None,
                "_embedded": {"attachments": []},
                **more,
            }
        )
        self.next_number += 1

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A message that the customer sees."""
        self.happens(ticket, by=by, kind="customer" if by == "carol" else "message")

    def notes(self, ticket: str, *, by: str) -> None:
        """A note that customers do not see."""
        self.happens(ticket, by=by, kind="note")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To somebody, or to nobody."""
        self.conversations[int(ticket)]["assignee"] = self.person(to) if to else None
        self.line(ticket, by, "changed-ticket-assignee", status="nochange")

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another mailbox, which the line does not name."""
        self.conversations[int(ticket)]["mailboxId"] = int(queue)
        self.line(ticket, by, "moved-from-mailbox")

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self._turns(ticket, WORDS[status])
        self.line(ticket, by, self.line_of_status)

    def reopens(self, ticket: str) -> None:
        """The customer writes, which makes it active without a line."""
        self._turns(ticket, "active")
        self.answers_ticket(ticket, by="carol")

    def deletes(self, ticket: str, *, by: str) -> None:
        """Into the folder of what is deleted."""
        self.conversations[int(ticket)]["state"] = "deleted"
        self.line(ticket, by, "deleted-ticket", status="nochange")

    def restores(self, ticket: str) -> None:
        """Out of it again."""
        self.conversations[int(ticket)]["state"] = "published"
        self.line(ticket, "celina", "restore-ticket", status="nochange")

    def shreds(self, ticket: str) -> None:
        """Deleted for ever."""
        del self.conversations[int(ticket)]

    def line(self, ticket: str, by: str, action: str, **more: Any) -> None:
        """Something that was done, and not said."""
        self.happens(ticket, by=by, kind="lineitem", action=action, **more)

    def moment(self) -> str:
        """Now, as it writes it."""
        return self.now.strftime(MOMENT)

    def _turns(self, ticket: str, status: str) -> None:
        one = self.conversations[int(ticket)]
        one["status"] = status
        if status == "closed":
            one["closedAt"] = self.moment()
