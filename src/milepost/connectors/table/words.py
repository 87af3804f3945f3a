"""What the words of a column seem to mean: what happened, a status, or who acted, in English and Polish."""

from collections.abc import Mapping, Sequence
from typing import Final

from milepost.connectors.table.names import plain
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

# What an event of a log can be, beside a message, a removal or a status.
ASSIGNED: Final = "assigned"
CREATED: Final = "created"

# Parts of words without accents and blanks. The first that a word holds says what it means.
Parts = Sequence[tuple[str, Sequence[str]]]

ACTIVITIES: Final[Parts] = (
    (Message.AUTOMATIC, ("autorepl", "autorespon", "autoanswer", "automat", "autoodpowied")),
    (Removal.RESTORED, ("restored", "undeleted", "przywroc")),
    (Removal.MERGED, ("merged", "scalon", "polaczon")),
    (Removal.SPAM, ("spam",)),
    (Removal.DELETED, ("deleted", "trashed", "usuniet")),
    (Category.OPEN, ("reopen", "unresolved", "ponown", "wznow")),
    (Message.NOTE, ("note", "private", "internal", "notatk", "wewnetrzn")),
    (Category.ON_HOLD, ("onhold", "vendor", "supplier", "suspended", "paused", "wstrzym", "zawiesz", "dostawc")),
    (Category.WAITING_CUSTOMER, ("waiting", "pending", "oczek")),
    (Message.REPLY, ("tocustomer", "toclient", "torequester", "doklienta")),
    (Message.CUSTOMER, ("customer", "client", "enduser", "requester", "incoming", "inbound", "received", "klient",
                        "zglaszajac", "przychodzac")),
    (ASSIGNED, ("assign", "ownerchanged", "transfer", "handover", "escalat", "przypis", "przekaz", "eskal")),
    (CREATED, ("created", "opened", "newticket", "submitted", "utworz", "zgloszono", "zalozon", "otwarto")),
    (Category.RESOLVED, ("resolved", "resolution", "solved", "rozwiaz", "zrealizow")),
    (Category.CLOSED, ("closed", "closing", "zamkn", "zakoncz")),
    (Message.REPLY, ("replied", "reply", "response", "responded", "answer", "publiccomment", "emailsent", "outbound",
                     "outgoing", "agentmessage", "odpowied", "odpisa", "wyslan")),
)  # fmt: skip
STATUSES: Final[Parts] = (
    (Category.DELETED, ("deleted", "spam", "trash", "usuniet")),
    (Category.ON_HOLD, ("hold", "vendor", "supplier", "problem", "evidence", "suspended", "paused", "wstrzym",
                        "zawiesz", "dostawc")),
    (Category.WAITING_CUSTOMER, ("waiting", "pending", "oczek", "customer", "klient")),
    (Category.OPEN, ("reopen", "unresolved", "ponown", "wznow")),
    (Category.RESOLVED, ("resolved", "solved", "done", "complete", "fixed", "rozwiaz", "zrealizow", "gotow")),
    (Category.CLOSED, ("closed", "cancel", "zamkn", "zakoncz", "anulow")),
    (Category.OPEN, ("open", "active", "progress", "assigned", "otwart", "aktywn", "wtoku", "wtrakcie", "przypis",
                     "wrealizacji")),
    (Category.NEW, ("new", "created", "submitted", "nowe", "nowy", "nowa", "zgloszon", "utworz")),
)  # fmt: skip
ACTORS: Final[Parts] = (
    (Actor.BOT, ("bot",)),
    (Actor.SYSTEM, ("system", "rule", "trigger", "automat", "regul")),
    (Actor.CUSTOMER, ("customer", "client", "enduser", "requester", "contact", "klient", "zglaszajac")),
    (Actor.AGENT, ("agent", "staff", "technician", "employee", "operator", "konsultant", "pracownik")),
)
OF: Final[Mapping[str, Parts]] = {"activity": ACTIVITIES, "status": STATUSES, "actor_kind": ACTORS}


def meaning_of(role: str, word: str) -> str | None:
    """What a word of a column of this role seems to mean; None where nothing hints at it."""
    bare = plain(word)
    return next((str(meaning) for meaning, parts in OF[role] if any(part in bare for part in parts)), None)
