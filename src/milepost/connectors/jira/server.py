"""What a Jira in the cloud is asked, and the form of its answers.

Four traits shape the questions. Moments in a search are those of the time zone of whoever asks, unless they are told as
milliseconds; then they may still be rounded to the minute. An index answers the search a little late. A search tells
the newest 40 changes and 20 comments of a ticket, so that the others are asked for. And whoever is not let in any more
is told nothing instead of a refusal by some questions, so that one that always refuses is asked first.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.http import OutOfReach, Server
from milepost.connectors.reading import answers_of

NAME: Final = "Jira"
API: Final = "/rest/api/3"
PAGE: Final = 100
# So many projects are told at once, and so many pages of anything are asked for at most.
PROJECTS: Final = 50
LONGEST: Final = 1_000
# Users beyond these are not looked at by Jira itself.
AGENTS: Final = 1_000
# What a search tells of one ticket at most.
CHANGES: Final = 40
COMMENTS: Final = 20
MINUTE: Final = 60
CREATED: Final = "created"
CHANGED: Final = "updated"
CHANNEL: Final = "request.channel.type"
FIELDS: Final = (
    *(CREATED, CHANGED, "resolutiondate", "project", "status", "priority"),
    *("assignee", "reporter", "creator", "comment"),
)
# Each of these lets somebody change something.
WRITES: Final = (
    *("ADD_COMMENTS", "ASSIGN_ISSUES", "CREATE_ISSUES", "DELETE_ISSUES", "EDIT_ISSUES"),
    *("TRANSITION_ISSUES", "ADMINISTER_PROJECTS", "ADMINISTER"),
)

Row = dict[str, Any]


class Jira:
    """One site, the projects that are wanted, and the names that were looked up."""

    def __init__(self, server: Server, wanted: frozenset[str]) -> None:
        self._server = server
        self._wanted = wanted
        self._users: dict[str, Row] = {}

    @property
    def milliseconds(self) -> int:
        """How long it took to answer last."""
        return round(self._server.took * 1000)

    def lets_in(self) -> None:
        """Ask who we are, which is refused to whoever is not let in."""
        with answers_of(NAME):
            str(self._server.json(f"{API}/myself")["accountId"])

    @property
    def may_write(self) -> bool:
        """Whether the account may change tickets anywhere."""
        page = self._server.json(f"{API}/mypermissions", {"permissions": ",".join(WRITES)})
        with answers_of(NAME):
            return any(one["havePermission"] for one in page["permissions"].values())

    @cached_property
    def projects(self) -> dict[str, Row]:
        """The service projects that are read, by their numbers; refuses a wanted one that is not there."""
        told = list(self._projects())
        with answers_of(NAME):
            words = {str(row["id"]): {str(row["key"]).casefold(), str(row["name"]).casefold()} for row in told}
            unknown = self._wanted - set().union(*words.values())
            if unknown:
                raise SourceFailed(
                    gettext_noop(
                        "The account sees no service project %(names)s. Check the name and what it may browse."
                    ),
                    permanent=True,
                    names=", ".join(sorted(unknown)),
                )
            found = {str(row["id"]): row for row in told if not self._wanted or words[str(row["id"])] & self._wanted}
        if not found:
            raise SourceFailed(
                gettext_noop("The token works but sees no service project. Let its account browse those of support."),
                permanent=True,
            )
        return found

    @cached_property
    def statuses(self) -> dict[str, Row]:
        """All statuses by their numbers, each with its category."""
        rows = self._server.json(f"{API}/status")
        with answers_of(NAME):
            return {str(row["id"]): dict(row) for row in rows}

    @cached_property
    def agents(self) -> dict[str, Row]:
        """Whoever tickets of these projects can be assigned to, by account."""
        found: dict[str, Row] = {}
        for project in self.projects.values():
            asked = {"project": str(project["key"]), "startAt": "0", "maxResults": str(AGENTS)}
            rows = self._server.json(f"{API}/user/assignable/search", asked)
            with answers_of(NAME):
                found |= {str(row["accountId"]): dict(row) for row in rows if row["accountType"] == "atlassian"}
        return found

    def user(self, account: str) -> Row:
        """A user; nothing is told of one that is deleted."""
        if account not in self._users:
            try:
                self._users[account] = self._server.maybe(f"{API}/user", {"accountId": account}) or {}
            except OutOfReach:
                self._users[account] = {}
        return self._users[account]

    def count(self, since: int) -> int:
        """About how many tickets were created since this moment."""
        asked = {"jql": self._those_where(f"{CREATED} >= {since * 1000}")}
        page = self._server.json(f"{API}/search/approximate-count", body=asked)
        with answers_of(NAME):
            return int(page["count"])

    def newest(self, by: str) -> Row | None:
        """The ticket with the latest of these moments; None where there is none."""
        jql = f"{self._those_where(f'{by} >= 0')} ORDER BY {by} DESC, key DESC"
        asked = {"jql": jql, "maxResults": 1, "fields": [CREATED, CHANGED]}
        with answers_of(NAME):
            return next(iter(self._server.json(f"{API}/search/jql", body=asked)["issues"]), None)

    def created_until(self, at: int) -> Iterator[list[Row]]:
        """Pages of tickets that were created up to this second, or little later, the newest first."""
        return self._pages(f"{CREATED} <= {(at + MINUTE) * 1000}", f"{CREATED} DESC, key DESC")

    def changed_since(self, at: int) -> Iterator[list[Row]]:
        """Pages of tickets that changed from this second on, or little before, what changed first first."""
        return self._pages(f"{CHANGED} >= {at * 1000}", f"{CHANGED} ASC, key ASC")

    def there(self, keys: Sequence[str]) -> set[str]:
        """Which of these tickets can be read, or cannot be read just now."""
        page = self._server.json(f"{API}/issue/bulkfetch", body={"issueIdsOrKeys": list(keys), "fields": [CREATED]})
        with answers_of(NAME):
            return {str(row["id"]) for row in [*page["issues"], *(page.get("issueErrors") or ())]}

    def is_gone(self, ticket: str) -> bool:
        """Whether there is no such ticket in sight."""
        try:
            return self._server.maybe(f"{API}/issue/{ticket}", {"fields": CREATED}) is None
        except OutOfReach:
            return False

    def changes(self, row: Row) -> list[Row] | None:
        """All changes of a ticket of a search; None where it is gone meanwhile."""
        with answers_of(NAME):
            told = row["changelog"]
            rows = list(told["histories"])
            if len(rows) < CHANGES and len(rows) >= told["total"]:
                return rows
        return self._rest(f"{API}/issue/{row['id']}/changelog", "values")

    def comments(self, row: Row) -> list[Row] | None:
        """All comments of a ticket of a search; None as above."""
        with answers_of(NAME):
            told = row["fields"]["comment"]
            rows = list(told["comments"])
            if len(rows) < COMMENTS and len(rows) >= told["total"]:
                return rows
        return self._rest(f"{API}/issue/{row['id']}/comment", "comments")

    def _projects(self) -> Iterator[Row]:
        start = 0
        for _ in range(LONGEST):
            asked = {"typeKey": "service_desk", "startAt": str(start), "maxResults": str(PROJECTS)}
            page = self._server.json(f"{API}/project/search", asked)
            with answers_of(NAME):
                rows = [dict(row) for row in page["values"]]
                yield from rows
                start += len(rows)
                if page["isLast"] or not rows:
                    return

    def _those_where(self, condition: str) -> str:
        """Tickets of the wanted projects; the parts that one was divided into are none of their own."""
        return f"project in ({', '.join(self.projects)}) AND issuetype in standardIssueTypes() AND {condition}"

    def _pages(self, condition: str, order: str) -> Iterator[list[Row]]:
        asked = {
            "jql": f"{self._those_where(condition)} ORDER BY {order}",
            "maxResults": PAGE,
            "fields": list(FIELDS),
            "properties": [CHANNEL],
            "expand": "changelog",
        }
        following: Row = {}
        while True:
            page = self._server.json(f"{API}/search/jql", body=asked | following)
            with answers_of(NAME):
                yield [dict(row) for row in page["issues"]]
                if not page.get("nextPageToken"):
                    return
                following = {"nextPageToken": page["nextPageToken"]}

    def _rest(self, path: str, name: str) -> list[Row] | None:
        rows: list[Row] = []
        for _ in range(LONGEST):
            page = self._server.maybe(path, {"startAt": str(len(rows)), "maxResults": str(PAGE)})
            if page is None:
                return None
            with answers_of(NAME):
                rows += page[name]
                if not page[name] or len(rows) >= page["total"]:
                    break
        return rows
