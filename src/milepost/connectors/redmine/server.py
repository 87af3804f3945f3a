"""What a Redmine is asked, and the form of its answers.

Five traits shape the questions. Lists leave out what happened to a ticket, so that each is asked for by its number. A
filter that is not known is left out silently, so that what is found is compared with what was asked. A key that is not
known reads as nobody does, and nobody sees public projects, so that who we are is asked first. Many servers tell no
moment of theirs, so that time goes by that of the newest change. What may not be seen and what is gone differ only when
it is asked for by number.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of

NAME: Final = "Redmine"
PAGE: Final = 100
# No list of names is longer.
LONGEST: Final = 10_000
EDITS: Final = "edit_issues"

Row = dict[str, Any]


class Redmine:
    """One server, and the names that were looked up on it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._members: dict[str, list[Row]] = {}
        self._permissions: dict[str, frozenset[str]] = {}

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def who_we_are(self) -> Row:
        """The user of the key, with its memberships; refused where the key is none, and where no key is looked at."""
        try:
            page = self._server.json("/users/current.json", {"include": "memberships"})
        except OutOfReach as error:
            raise SourceFailed(
                gettext_noop(
                    "Redmine does not answer programs. Have an administrator turn on its REST web service, under "
                    "Administration, Settings, API."
                ),
                permanent=True,
            ) from error
        return dict(self._of(page, "user"))

    def newest(self, by: str) -> Row | None:
        """The ticket with the highest number, or the one that changed last; None where there is none."""
        return next(iter(self._page({"status_id": "*", "sort": f"{by}:desc", "limit": "1"})), None)

    def count(self, created: str, project: str = "") -> int:
        """How many tickets were created since this day, in one project or in all of them."""
        asked = {"status_id": "*", "created_on": f">={created}", "limit": "1"}
        if project:
            asked |= {"project_id": project, "subproject_id": "!*"}
        return int(self._of(self._server.json("/issues.json", asked), "total_count"))

    def below(self, number: int, created: str) -> list[Row]:
        """A page of tickets of lower numbers, the highest first; created since this day."""
        asked = {"created_on": f">={created}", "issue_id": f"<={number - 1}", "sort": "id:desc"}
        return self._checked(self._page({"status_id": "*", "limit": str(PAGE)} | asked), 1, number)

    def above(self, number: int, created: str, changed: str) -> list[Row]:
        """A page of tickets of higher numbers, the lowest first; created since a day and changed since a moment."""
        asked = {"created_on": f">={created}", "updated_on": f">={changed}"}
        asked |= {"issue_id": f">={number + 1}", "sort": "id"}
        return self._checked(self._page({"status_id": "*", "limit": str(PAGE)} | asked), number + 1, None)

    def those(self, keys: Sequence[str]) -> list[Row]:
        """The tickets of these numbers that can be seen; a page of them at most."""
        return self._page({"status_id": "*", "issue_id": ",".join(keys), "limit": str(PAGE)})

    def ticket(self, number: int) -> Row | None:
        """A ticket with what happened to it; None where there is none, or none that may be seen."""
        try:
            page = self._server.maybe(f"/issues/{number}.json", {"include": "journals"})
        except OutOfReach:
            return None
        return None if page is None else dict(self._of(page, "issue"))

    def is_gone(self, number: int) -> bool:
        """Whether there is no such ticket; one that was moved to where it may not be seen is there."""
        try:
            return self._server.maybe(f"/issues/{number}.json") is None
        except OutOfReach:
            return False

    @cached_property
    def statuses(self) -> dict[str, Row]:
        """The statuses by their numbers."""
        return self._named("/issue_statuses.json", "issue_statuses")

    @cached_property
    def first_statuses(self) -> frozenset[str]:
        """The statuses in which tickets begin."""
        trackers = self._named("/trackers.json", "trackers")
        return frozenset(str(row["default_status"]["id"]) for row in trackers.values() if row.get("default_status"))

    @cached_property
    def priorities(self) -> dict[str, Row]:
        """The priorities by their numbers."""
        return self._named("/enumerations/issue_priorities.json", "issue_priorities")

    @cached_property
    def projects(self) -> dict[str, Row]:
        """The projects that can be seen, by their numbers; closed ones too, archived ones not."""
        return {str(row["id"]): row for row in self._all("/projects.json", "projects", {"status": "1|5"})}

    @cached_property
    def roles(self) -> dict[str, Row]:
        """The roles by their numbers."""
        return self._named("/roles.json", "roles")

    def permissions(self, role: str) -> frozenset[str]:
        """What a role may do."""
        if role not in self._permissions:
            told = self._of(self._server.json(f"/roles/{role}.json"), "role")
            self._permissions[role] = frozenset(map(str, told["permissions"]))
        return self._permissions[role]

    def members(self, project: str) -> list[Row]:
        """Who has which roles in a project, locked users too; nobody where that may not be seen."""
        if project not in self.projects:
            return []
        if project not in self._members:
            try:
                self._members[project] = list(self._all(f"/projects/{project}/memberships.json", "memberships", {}))
            except OutOfReach:
                self._members[project] = []
        return self._members[project]

    def user(self, number: str) -> Row | None:
        """A user; None where it is locked, or not to be seen."""
        page = self._server.maybe(f"/users/{number}.json")
        return None if page is None else dict(self._of(page, "user"))

    def _page(self, asked: dict[str, str]) -> list[Row]:
        return list(self._of(self._server.json("/issues.json", asked), "issues"))

    @staticmethod
    def _checked(rows: list[Row], lowest: int, end: int | None) -> list[Row]:
        with answers_of(NAME):
            for row in rows:
                if row["id"] < lowest or (end is not None and row["id"] >= end):
                    raise ValueError(row["id"])
        return rows

    def _named(self, path: str, what: str) -> dict[str, Row]:
        return {str(row["id"]): dict(row) for row in self._of(self._server.json(path), what)}

    def _all(self, path: str, what: str, asked: dict[str, str]) -> Iterator[Row]:
        """Page after page of a list; a server may hand out less at once than it is asked for."""
        offset, total = 0, 1
        while offset < min(total, LONGEST):
            page = self._server.json(path, asked | {"limit": str(PAGE), "offset": str(offset)})
            rows = self._of(page, what)
            yield from rows
            offset, total = offset + len(rows), int(self._of(page, "total_count")) if rows else 0

    @staticmethod
    def _of(page: Any, what: str) -> Any:
        with answers_of(NAME):
            return page[what]
