"""A mapping says what the columns of a table mean; docs/reference/mapping.md has every key of one in YAML."""

import difflib
import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.table.choices import Choices, Early, Order, Repeated, Undated
from milepost.tickets.columns import Category, FieldType
from milepost.tickets.events import Actor, CreditRule, Message, Removal, ReplayRules, Response, Tells

IGNORE: Final = "ignore"
# The best rating; the worst is 0.
BEST: Final = 100
COLUMN_KEYS: Final = ("agent", "team", "pipeline", "priority", "channel")


@dataclass(frozen=True)
class Dates:
    """How moments are written: a format of `strptime` (ISO 8601 without one), and the zone of those without."""

    format: str | None
    zone: ZoneInfo


@dataclass(frozen=True)
class Words:
    """A column whose words stand for something of ours; a word that stands for None is read and not used."""

    column: str
    values: dict[str, str | None]


@dataclass(frozen=True)
class Field:
    """A further column, kept under a name of its own."""

    column: str
    type: FieldType
    dates: Dates


@dataclass(frozen=True)
class Tags:
    """A column of tags and what stands between them."""

    column: str
    separator: str


@dataclass(frozen=True)
class Mapping:
    """What the columns of a table mean."""

    whole: bool
    ticket: str
    created: str | None
    time: str | None
    first_reply: str | None
    resolved: str | None
    columns: dict[str, str]
    status: Words | None
    message: Words | None
    actor: str | None
    actor_kind: Words | None
    removal: Words | None
    merged_into: str | None
    rating: Words | None
    tags: Tags | None
    fields: dict[str, Field]
    dates: Dates
    nulls: frozenset[str]
    encoding: str
    delimiter: str
    member: str | None
    sheet: str | None
    rules: ReplayRules = field(default_factory=ReplayRules)
    choices: Choices = field(default_factory=Choices)

    def used_columns(self) -> list[str]:
        """Every column of the table that the mapping names."""
        single = [self.ticket, self.created, self.time, self.first_reply, self.resolved, self.actor, self.merged_into]
        several = (self.status, self.message, self.actor_kind, self.removal, self.rating)
        words = [words.column for words in several if words is not None]
        others = [*self.columns.values(), *(one.column for one in self.fields.values())]
        tags = [self.tags.column] if self.tags else []
        return [column for column in single if column is not None] + words + others + tags

    def tells(self) -> frozenset[Tells]:
        """What a table under this mapping can tell at all."""
        mapped = {
            Tells.HISTORY: True,
            Tells.STATUS: self.status or self.resolved,
            Tells.RESPONSE: True,
            Tells.MESSAGES: self.message,
            Tells.AGENTS: "agent" in self.columns,
            Tells.TEAMS: "team" in self.columns,
            Tells.RATINGS: self.rating,
        }
        return self.rules.able() & {one for one, told in mapped.items() if told}


# Says nothing yet: what it is written with stands in it, and nothing is mapped.
NOTHING: Final = Mapping(
    whole=True, ticket="", created=None, time=None, first_reply=None, resolved=None, columns={}, status=None,
    message=None, actor=None, actor_kind=None, removal=None, merged_into=None, rating=None, tags=None, fields={},
    dates=Dates(format=None, zone=ZoneInfo("UTC")), nulls=frozenset({""}), encoding="utf-8", delimiter=",",
    member=None, sheet=None,
)  # fmt: skip


def load(file: Path) -> Mapping:
    """The mapping in a YAML file; refuses what it does not understand, and says where."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(gettext_noop("The mapping cannot be read: %(error)s"), error=error) from error
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("The mapping is not valid YAML: %(error)s"), error=error) from error
    return parse(document)


def parse(document: object) -> Mapping:
    """The mapping in a YAML document."""
    keys = _Keys("mapping", _mapping("mapping", document))
    whole = keys.one_of("rows", {"events": False, "tickets": True})
    dates = _dates(keys.section("dates"), default=Dates(format=None, zone=ZoneInfo("UTC")))
    status = _words(keys, "status", {category.value for category in Category})
    message = _words(keys, "message", {message.value for message in Message})
    first_reply = keys.text("first_reply") if whole else None
    file = keys.section("file")
    mapping = Mapping(
        whole=whole,
        ticket=keys.required("ticket"),
        created=keys.required("created") if whole else keys.text("created"),
        time=None if whole else keys.required("time"),
        first_reply=first_reply,
        resolved=keys.text("resolved") if whole else None,
        columns={key: column for key in COLUMN_KEYS if (column := keys.text(key)) is not None},
        status=status,
        message=message,
        actor=keys.text("actor"),
        actor_kind=_words(keys, "actor_kind", {actor.value for actor in Actor}),
        removal=None if whole else _words(keys, "removal", {removal.value for removal in Removal}),
        merged_into=None if whole else keys.text("merged_into"),
        rating=None if whole else _words(keys, "rating", {str(score) for score in range(BEST + 1)}),
        tags=_tags(keys),
        fields=_fields(keys.section("fields"), dates),
        dates=dates,
        nulls=frozenset(keys.texts("nulls", [""])),
        encoding=file.text("encoding") or "utf-8",
        delimiter=file.text("delimiter") or ",",
        member=file.text("member"),
        sheet=file.text("sheet"),
        rules=_rules(keys, whole=whole, messages=(message or first_reply) is not None),
        choices=_choices(keys, whole=whole),
    )
    file.finish()
    keys.finish()
    _check(mapping)
    return mapping


class _Keys:
    """The keys of one section: each is taken once, and one that nobody took is an error with a suggestion."""

    def __init__(self, name: str, section: AnyMapping[str, Any]) -> None:
        self.name = name
        self.left = dict(section)
        self.known: list[str] = []

    def take(self, key: str) -> Any:
        self.known.append(key)
        return self.left.pop(key, None)

    def text(self, key: str) -> str | None:
        value = self.take(key)
        return None if value is None else str(value)

    def required(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise Refused(gettext_noop("The mapping has no “%(key)s”. Name the column that holds it."), key=key)
        return value

    def texts(self, key: str, default: list[str]) -> list[str]:
        value = self.take(key)
        if value is None:
            return default
        return [str(one) for one in (value if isinstance(value, list) else [value])]

    def section(self, key: str) -> "_Keys":
        value = self.take(key)
        return _Keys(key, {} if value is None else _mapping(key, value))

    def one_of(self, key: str, choices: AnyMapping[str, Any], *, default: Any = None) -> Any:
        value = self.text(key)
        if value is None and default is not None:
            return default
        if value is None or value not in choices:
            raise Refused(
                gettext_noop("“%(key)s” in the mapping must be one of: %(choices)s."),
                key=key,
                choices=", ".join(choices),
            )
        return choices[value]

    def finish(self) -> None:
        for key in self.left:
            close = difflib.get_close_matches(str(key), self.known, n=1)
            if close:
                raise Refused(
                    gettext_noop("“%(key)s” means nothing in the %(section)s. Did you mean “%(close)s”?"),
                    key=key,
                    section=self.name,
                    close=close[0],
                )
            raise Refused(
                gettext_noop("“%(key)s” means nothing in the %(section)s. It may have: %(known)s."),
                key=key,
                section=self.name,
                known=", ".join(sorted(set(self.known))),
            )


def _mapping(name: str, value: object) -> AnyMapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(gettext_noop("“%(name)s” must be a list of keys and values, as “key: value”."), name=name)
    return {str(key): one for key, one in value.items()}


def _dates(keys: _Keys, *, default: Dates) -> Dates:
    zone = keys.text("zone")
    dates = Dates(format=keys.text("format") or default.format, zone=zone_of(zone) if zone else default.zone)
    keys.finish()
    return dates


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Refused(
            gettext_noop("“%(zone)s” is not a time zone. Use a name such as Europe/Warsaw or UTC."), zone=name
        ) from error


def _words(keys: _Keys, key: str, meanings: set[str]) -> Words | None:
    value = keys.take(key)
    if value is None:
        return None
    section = _Keys(key, _mapping(key, value))
    words = Words(column=section.required("column"), values={})
    for word, written in _mapping(f"{key}: values", section.take("values") or {}).items():
        meaning = str(written)
        if meaning not in meanings and meaning != IGNORE:
            raise Refused(
                gettext_noop("“%(word)s: %(meaning)s” under %(key)s: a word must mean one of: %(meanings)s."),
                word=word,
                meaning=meaning,
                key=key,
                meanings=", ".join([*sorted(meanings), IGNORE]) if len(meanings) <= BEST else f"0–{BEST}, {IGNORE}",
            )
        words.values[word] = None if meaning == IGNORE else meaning
    section.finish()
    return words


def _tags(keys: _Keys) -> Tags | None:
    value = keys.take("tags")
    if value is None:
        return None
    if isinstance(value, str):
        return Tags(column=value, separator=",")
    section = _Keys("tags", _mapping("tags", value))
    tags = Tags(column=section.required("column"), separator=section.text("separator") or ",")
    section.finish()
    return tags


def _fields(keys: _Keys, dates: Dates) -> dict[str, Field]:
    fields = {}
    for name, value in keys.left.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", name):
            raise Refused(
                gettext_noop("The field name “%(name)s” may have small letters, digits and _ only."), name=name
            )
        section = _Keys(name, _mapping(name, value))
        fields[name] = Field(
            column=section.required("column"),
            type=section.one_of("type", {kind.value: kind for kind in FieldType}),
            dates=_dates(section.section("dates"), default=dates),
        )
        section.finish()
    return fields


def _rules(keys: _Keys, *, whole: bool, messages: bool) -> ReplayRules:
    if whole:
        return ReplayRules(history=False, response=Response.MESSAGES if messages else Response.UNKNOWN)
    responses = {response.value: response for response in Response}
    credits_ = {rule.value: rule for rule in CreditRule}
    default = Response.MESSAGES if messages else Response.UNKNOWN
    return ReplayRules(
        response=keys.one_of("response", responses, default=default),
        credit=keys.one_of("credit", credits_, default=CreditRule.AT_RESOLUTION),
    )


def _choices(keys: _Keys, *, whole: bool) -> Choices:
    kinds = (
        {"undated": Undated, "early": Early, "repeated": Repeated} if whole else {"undated": Undated, "order": Order}
    )
    standard = Choices()
    return Choices(
        **{
            key: keys.one_of(key, {one.value: one for one in kind}, default=getattr(standard, key))
            for key, kind in kinds.items()
        }
    )


def _check(mapping: Mapping) -> None:
    if not mapping.whole and mapping.status is None and mapping.message is None:
        raise Refused(gettext_noop("An event log needs a status or a message column, else nothing can be counted."))
    if mapping.whole and (mapping.status or mapping.message):
        raise Refused(
            gettext_noop("A ticket table has the columns first_reply and resolved in the place of status and message.")
        )
    if mapping.rules.response is Response.MESSAGES and not mapping.whole and mapping.message is None:
        raise Refused(gettext_noop("“response: messages” needs the column that tells what kind of message a row is."))
    if mapping.dates.format is not None:
        _check_format(mapping.dates.format)


def _check_format(written: str) -> None:
    if "%" not in written:
        raise Refused(
            gettext_noop("“%(format)s” is not a date format. Use one such as %%d/%%m/%%Y %%H:%%M."), format=written
        )
