"""Who is who in the projects of a Redmine."""

from collections.abc import Iterable
from dataclasses import dataclass

from milepost.connectors.reading import answers_of
from milepost.connectors.redmine.server import EDITS, NAME, Redmine, Row


@dataclass(frozen=True)
class People:
    """Members are told by project, each with roles. Such roles make agents: these, or all that may edit issues."""

    desk: Redmine
    roles: frozenset[str]

    def agents(self, projects: Iterable[str]) -> dict[str, str]:
        """The names of the users that work tickets in one of these projects, by their numbers."""
        return self._principals("user", projects)

    def groups(self, projects: Iterable[str]) -> dict[str, str]:
        """The names of the groups that do, by their numbers."""
        return self._principals("group", projects)

    def _principals(self, kind: str, projects: Iterable[str]) -> dict[str, str]:
        with answers_of(NAME):
            return {
                str(member[kind]["id"]): str(member[kind]["name"])
                for project in projects
                for member in self.desk.members(project)
                if kind in member and any(map(self._works, member["roles"]))
            }

    def _works(self, role: Row) -> bool:
        if self.roles:
            return str(role["name"]).casefold() in self.roles
        return EDITS in self.desk.permissions(str(role["id"]))
