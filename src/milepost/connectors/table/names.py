"""What a column seems to mean, by its name."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

NAMES: Final[Mapping[str, Sequence[str]]] = {
    "ticket": ("ticket", "ticketid", "ticketnumber", "id", "number", "key", "issue", "issuekey", "case", "casenumber",
               "numer", "nrzgloszenia", "numerzgloszenia", "idzgloszenia", "zgloszenie", "nr"),
    "created": ("created", "createdat", "createddate", "creationdate", "opened", "openedat", "dateopened",
                "utworzono", "datautworzenia", "utworzone", "zgloszono", "datazgloszenia", "otwarto"),
    "first_reply": ("firstreply", "firstreplyat", "firstresponse", "firstresponseat", "firstanswer",
                    "pierwszaodpowiedz", "datapierwszejodpowiedzi", "pierwszareakcja"),
    "resolved": ("resolved", "resolvedat", "solved", "solvedat", "closed", "closedat", "closedate", "resolutiondate",
                 "zamknieto", "datazamkniecia", "rozwiazano", "datarozwiazania", "zakonczono"),
    "agent": ("agent", "assignee", "assignedto", "owner", "ticketowner", "wlasciciel", "przypisanydo", "przypisano",
              "opiekun", "konsultant"),
    "team": ("team", "group", "assignmentgroup", "department", "grupa", "zespol", "dzial"),
    "pipeline": ("pipeline", "queue", "project", "kolejka", "projekt", "proces"),
    "priority": ("priority", "urgency", "priorytet", "pilnosc"),
    "channel": ("channel", "source", "via", "kanal", "zrodlo"),
    "tags": ("tags", "labels", "tagi", "etykiety"),
}  # fmt: skip

# A query tells more than a file: when a ticket changed, and in a second query what happened to it.
TICKETS: Final[Mapping[str, Sequence[str]]] = {
    **NAMES,
    "updated": ("updated", "updatedat", "lastupdate", "lastupdated", "changed", "changedat", "lastchange", "modified",
                "modifiedat", "lastmodified", "zmieniono", "datazmiany", "zaktualizowano"),
}  # fmt: skip
HISTORY: Final[Mapping[str, Sequence[str]]] = {
    **{name: NAMES[name] for name in ("ticket", "agent", "team", "pipeline", "priority", "channel", "tags")},
    "time": ("at", "time", "happenedat", "eventtime", "moment", "date", "timestamp", "created", "createdat", "czas"),
    "order": ("seq", "sequence", "position", "kolejnosc"),
    "status": ("status", "state", "stan"),
    "message": ("message", "messagekind", "wiadomosc"),
    "actor": ("actor", "by", "author", "autor"),
    "actor_kind": ("actorkind", "actortype", "authorkind"),
    "removal": ("removal", "removed", "usunieto"),
    "merged_into": ("mergedinto", "survivor", "scalonoz"),
    "rating": ("rating", "score", "ocena"),
}
# A file with one row per event. Where only one moment stands in a row, it is that of the event.
LOG: Final[Mapping[str, Sequence[str]]] = {
    "ticket": (*NAMES["ticket"], "caseid", "caseconceptname", "incident", "incidentnumber"),
    "time": ("at", "time", "happenedat", "eventtime", "moment", "date", "timestamp", "datetime", "timetimestamp",
             "eventdate", "activitytime", "occurredat", "when", *TICKETS["updated"],
             "data", "dataigodzina", "datazdarzenia", "czas", "czaszdarzenia", "kiedy"),
    "created": NAMES["created"],
    "activity": ("activity", "event", "eventtype", "eventname", "action", "activityname", "whathappened", "message",
                 "messagetype", "conceptname", "type", "czynnosc", "zdarzenie", "typzdarzenia", "akcja", "cosiestalo",
                 "wiadomosc"),
    "status": (*HISTORY["status"], "newstatus", "newstate", "incidentstate", "statuspo", "nowystatus"),
    "actor": (*HISTORY["actor"], "user", "who", "performedby", "changedby", "orgresource", "resource", "kto", "wykonal",
              "uzytkownik"),
    "actor_kind": (*HISTORY["actor_kind"], "role", "rola", "rodzajautora"),
    **{name: NAMES[name] for name in ("agent", "team", "pipeline", "priority", "channel", "tags")},
    "merged_into": HISTORY["merged_into"],
}  # fmt: skip
PEOPLE: Final[Mapping[str, Sequence[str]]] = {
    "agent": ("agent", "key", "id", "agentid", "login"),
    "name": ("name", "fullname", "displayname", "nazwa", "imienazwisko"),
    "email": ("email", "mail", "emailaddress"),
    "active": ("active", "isactive", "enabled", "aktywny"),
    "team": ("team", "group", "department", "grupa", "zespol", "dzial"),
}


class Match(StrEnum):
    """How sure a meaning is: the name of the column says it, part of the name hints at it, or nothing does."""

    EXACT = "exact"
    GUESSED = "guessed"
    NONE = "none"


def meanings_of(names: Sequence[str], known: Mapping[str, Sequence[str]] = NAMES) -> list[tuple[str | None, Match]]:
    """What each column seems to mean, by its name in English or Polish; no meaning is given twice."""
    found: list[tuple[str | None, Match]] = [(None, Match.NONE)] * len(names)
    plain_names = [plain(name) for name in names]
    free = dict(known)
    for match, fits in ((Match.EXACT, _is_one_of), (Match.GUESSED, _holds_one_of)):
        for meaning, spellings in list(free.items()):
            place = next(
                (at for at, name in enumerate(plain_names) if found[at][0] is None and fits(name, spellings)), None
            )
            if place is not None:
                found[place] = meaning, match
                del free[meaning]
    return found


def named(names: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The column of each meaning that a name says exactly; the name that stands first among the known ones wins."""
    plain_names = {plain(name): name for name in reversed(names)}
    found = {}
    for meaning, spellings in known.items():
        column = next((plain_names.pop(one) for one in spellings if one in plain_names), None)
        if column is not None:
            found[meaning] = column
    return found


def _is_one_of(name: str, known: Sequence[str]) -> bool:
    return name in known


def _holds_one_of(name: str, known: Sequence[str]) -> bool:
    # Short words stand inside many others; who did something is told by other columns than when it was done.
    if name.endswith("by"):
        return False
    return any(len(word) > len("owner") and word in name for word in known)


def plain(name: str) -> str:
    """A text in small letters without accents, blanks and signs."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l"))
    return "".join(sign for sign in bare if sign.isascii() and sign.isalnum())
