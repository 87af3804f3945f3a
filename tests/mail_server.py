"""A mail server on this machine: a real one, that keeps what it takes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What it took, and what it answers."""

    port: int
    answer: str = "250 taken"
    # Seconds from taking a letter to saying so.
    slow: float = 0
    letters: list[EmailMessage] = field(default_factory=list)
    came: Event = field(default_factory=Event)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its form
        """A letter comes."""
        if self.answer.startswith("250") and isinstance(envelope.content, bytes):
            letter = message_from_bytes(envelope.content, policy=default)
            if isinstance(letter, EmailMessage):
                self.letters.append(letter)
                self.came.set()
        await asyncio.sleep(self.slow)
        return self.answer


@contextmanager
def mail_server(*, slow: float = 0) -> Iterator[MailServer]:
    """One that listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = MailServer(free.getsockname()[1], slow=slow)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
