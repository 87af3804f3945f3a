"""An osTicket as its tables are documented, in a real MariaDB, written to as osTicket writes."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from tests.contracts.sql import PEOPLE, StrictSqlInMariaDb

TABLES: Final = """
CREATE TABLE {schema}ost_ticket (ticket_id INT UNSIGNED PRIMARY KEY, ticket_pid INT UNSIGNED, number VARCHAR(20),
    status_id INT UNSIGNED NOT NULL, dept_id INT UNSIGNED NOT NULL, staff_id INT UNSIGNED NOT NULL DEFAULT 0,
    team_id INT UNSIGNED NOT NULL DEFAULT 0, flags INT UNSIGNED NOT NULL DEFAULT 0, source VARCHAR(10) NOT NULL,
    lastupdate DATETIME, created DATETIME NOT NULL, updated DATETIME NOT NULL);
CREATE TABLE {schema}ost_thread (id INT UNSIGNED PRIMARY KEY, object_id INT UNSIGNED NOT NULL,
    object_type CHAR(1) NOT NULL, KEY object_id (object_id));
CREATE TABLE {schema}ost_thread_entry (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, thread_id INT UNSIGNED NOT NULL,
    staff_id INT UNSIGNED NOT NULL DEFAULT 0, user_id INT UNSIGNED NOT NULL DEFAULT 0, type CHAR(1) NOT NULL,
    poster VARCHAR(128) NOT NULL, body TEXT NOT NULL, created DATETIME NOT NULL, KEY thread_id (thread_id));
CREATE TABLE {schema}ost_event (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, name VARCHAR(60) NOT NULL UNIQUE);
INSERT INTO {schema}ost_event (name) VALUES ('created'), ('closed'), ('reopened'), ('assigned'), ('released'),
    ('transferred'), ('overdue'), ('edited'), ('viewed'), ('merged');
CREATE TABLE {schema}ost_thread_event (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, thread_id INT UNSIGNED NOT NULL,
    event_id INT UNSIGNED, staff_id INT UNSIGNED NOT NULL, team_id INT UNSIGNED NOT NULL, dept_id INT UNSIGNED NOT NULL,
    username VARCHAR(128) NOT NULL DEFAULT 'SYSTEM', uid INT UNSIGNED, uid_type CHAR(1) NOT NULL DEFAULT 'S',
    annulled TINYINT UNSIGNED NOT NULL DEFAULT 0, timestamp DATETIME NOT NULL, KEY thread_id (thread_id));
CREATE TABLE {schema}ost_department (id INT UNSIGNED PRIMARY KEY, name VARCHAR(128) NOT NULL);
INSERT INTO {schema}ost_department VALUES (1, 'Support'), (2, 'Billing');
CREATE TABLE {schema}ost_team (team_id INT UNSIGNED PRIMARY KEY, name VARCHAR(125) NOT NULL);
INSERT INTO {schema}ost_team VALUES (1, 'Frontline');
CREATE TABLE {schema}ost_team_member (team_id INT UNSIGNED NOT NULL, staff_id INT UNSIGNED NOT NULL);
INSERT INTO {schema}ost_team_member VALUES (1, 5), (1, 6);
CREATE TABLE {schema}ost_staff (staff_id INT UNSIGNED PRIMARY KEY, firstname VARCHAR(32), lastname VARCHAR(32),
    email VARCHAR(255), isactive TINYINT NOT NULL DEFAULT 1);
INSERT INTO {schema}ost_staff VALUES (5, 'Celina', NULL, 'celina@example.org', 1), (6, 'Dawid', NULL, '', 1)
"""
# As the documentation gives them.
RIGHTS: Final = (
    *(f"SELECT ON {{schema}}ost_{name}" for name in ("ticket", "thread", "thread_event", "event", "department")),
    *(f"SELECT ON {{schema}}ost_{name}" for name in ("team", "team_member")),
    "SELECT (id, thread_id, staff_id, type, created) ON {schema}ost_thread_entry",
    "SELECT (staff_id, firstname, lastname, email, isactive) ON {schema}ost_staff",
)
OPEN, CLOSED = 1, 3
SEPARATE: Final = 2


@dataclass
class StrictOsTicket(StrictSqlInMariaDb):
    """What it holds. Numbers of tickets sort as texts, so each is opened in a second of its own."""

    make = "osticket"
    hands_over = True

    _tables = TABLES
    _rights = RIGHTS

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        told = {"address": self._address, "token": "a password", "since": "2020-01-01"}
        return told | {"zone": "America/New_York"}

    def opens(self, *, by: str = "carol", queue: str = "1", created: str = "") -> str:  # noqa: ARG002 - as elsewhere
        """A customer writes."""
        self.pass_(seconds=1)
        self.tickets += 1
        self._writes(
            "INSERT INTO ost_ticket VALUES (:id, NULL, :id, :status, :dept, 0, 0, 0, 'Email', :at, :at, :at)",
            id=self.tickets,
            status=OPEN,
            dept=int(queue),
        )
        self._writes("INSERT INTO ost_thread VALUES (:id, :id, 'T')", id=self.tickets)
        self._says(str(self.tickets), by, "M")
        self._logs(str(self.tickets), "created", by)
        return str(self.tickets)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A reply, or a message of the customer; the system posts notes."""
        self._says(ticket, by, "R" if by in PEOPLE else "M" if by != "system" else "N")

    def notes(self, ticket: str, *, by: str) -> None:
        """An internal note."""
        self._says(ticket, by, "N")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again and annuls that it was closed."""
        self._says(ticket, "carol", "M")
        self._sets(ticket, "status_id", OPEN)
        self._writes("UPDATE ost_thread_event SET annulled = 1 WHERE thread_id = :id AND event_id = 2", id=int(ticket))
        self._logs(ticket, "reopened", "carol")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person."""
        self._sets(ticket, "staff_id", PEOPLE[to])
        self._logs(ticket, "assigned", by)

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another department."""
        self._sets(ticket, "dept_id", int(queue))
        self._logs(ticket, "transferred", by)

    def becomes(self, ticket: str, status: str, *, by: str) -> None:  # noqa: ARG002 - its resolved is a closed
        """Closed, which hands it to whoever does it."""
        self._sets(ticket, "status_id", CLOSED)
        self._sets(ticket, "staff_id", PEOPLE[by])
        self._logs(ticket, "closed", by)

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """It becomes a child, with a thread of its own."""
        self._sets(ticket, "ticket_pid", int(into))
        self._sets(ticket, "flags", SEPARATE)
        self._writes("UPDATE ost_thread SET object_type = 'C' WHERE id = :id", id=int(ticket))
        self._logs(ticket, "merged", by)

    def shreds(self, ticket: str) -> None:
        """Deleted, which leaves nothing."""
        for table, column in (("ticket", "ticket_id"), ("thread", "id"), ("thread_event", "thread_id")):
            self._writes(f"DELETE FROM ost_{table} WHERE {column} = :id", id=int(ticket))

    def _says(self, ticket: str, by: str, kind: str) -> None:
        statement = (
            "INSERT INTO ost_thread_entry (thread_id, staff_id, user_id, type, poster, body, created) "
            "VALUES (:id, :staff, :user, :kind, :by, 'about it', :at)"
        )
        user = int(kind == "M")
        self._writes(statement, id=int(ticket), staff=PEOPLE.get(by, 0), user=user, kind=kind, by=by)
        self._writes("UPDATE ost_ticket SET lastupdate = :at WHERE ticket_id = :id", id=int(ticket))

    def _logs(self, ticket: str, event: str, by: str) -> None:
        """Of a ticket as it is now; an agent is told by number, a customer as such."""
        statement = (
            "INSERT INTO ost_thread_event (thread_id, event_id, staff_id, team_id, dept_id, uid, uid_type, timestamp) "
            "SELECT ticket_id, (SELECT id FROM ost_event WHERE name = :event), staff_id, team_id, dept_id, :uid, "
            ":kind, :at FROM ost_ticket WHERE ticket_id = :id"
        )
        kind = "S" if by in PEOPLE else "U"
        self._writes(statement, id=int(ticket), event=event, uid=PEOPLE.get(by, 1), kind=kind)

    def _sets(self, ticket: str, column: str, value: int) -> None:
        statement = f"UPDATE ost_ticket SET {column} = :value, updated = :at WHERE ticket_id = :id"
        self._writes(statement, id=int(ticket), value=value)

    def _writes(self, statement: str, **values: Any) -> None:
        self._does(text(statement.replace("ost_", f"{self.schema}ost_")), at=self._moment(self.now), **values)
