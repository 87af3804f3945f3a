"""The makes of help desk that can be read: ours, and those of installed packages that bring one."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.connectors.chatwoot.connector import MAKE as CHATWOOT
from milepost.connectors.contract import Make
from milepost.connectors.django_helpdesk.connector import MAKE as DJANGO_HELPDESK
from milepost.connectors.feed.connector import MAKE as FEED
from milepost.connectors.freescout.connector import MAKE as FREESCOUT
from milepost.connectors.freshdesk.connector import MAKE as FRESHDESK
from milepost.connectors.helpscout.connector import MAKE as HELPSCOUT
from milepost.connectors.hubspot.connector import MAKE as HUBSPOT
from milepost.connectors.intercom.connector import MAKE as INTERCOM
from milepost.connectors.jira.connector import MAKE as JIRA
from milepost.connectors.osticket.connector import MAKE as OSTICKET
from milepost.connectors.redmine.connector import MAKE as REDMINE
from milepost.connectors.request_tracker.connector import MAKE as REQUEST_TRACKER
from milepost.connectors.sql.connector import MAKE as SQL
from milepost.connectors.zammad.connector import MAKE as ZAMMAD
from milepost.connectors.zendesk.connector import MAKE as ZENDESK

OURS: Final = (
    REQUEST_TRACKER,
    REDMINE,
    DJANGO_HELPDESK,
    HUBSPOT,
    ZENDESK,
    FRESHDESK,
    ZAMMAD,
    CHATWOOT,
    JIRA,
    INTERCOM,
    HELPSCOUT,
    FREESCOUT,
    OSTICKET,
    SQL,
    FEED,
)
# A package that brings a connector names its Make under this group.
GROUP: Final = "milepost.connectors"


@cache
def makes() -> Mapping[str, Make]:
    """All makes by their keys, ours first."""
    known = {make.key: make for make in OURS}
    for found in entry_points(group=GROUP):
        brought = found.load()
        if isinstance(brought, Make):
            known.setdefault(brought.key, brought)
    return known


def make(key: str) -> Make:
    """The make of this key."""
    found = makes().get(key)
    if found is None:
        raise NotFound(
            gettext_noop("No connector reads “%(make)s”. Known are: %(makes)s."), make=key, makes=", ".join(makes())
        )
    return found
