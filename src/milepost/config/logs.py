"""Logs: a line or a JSON object for each event, and nothing in it that tells of a person.

What is written is chosen, not filtered out: the texts and named fields of Milepost itself, of other libraries the text
without what stands in its places, of an error its kind and its way through the code. So an e-mail address, a name, a
token or what somebody searched for comes into no log, whoever logs it.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import OperationalError

from milepost.base.errors import MilepostError
from milepost.base.requests import NUMBER

# What a line may say beside its text.
FIELDS: Final = ("method", "route", "status", "milliseconds", "job", "seconds")
OURS: Final = "milepost"
# Errors that speak of code, or of a server that does not answer; the texts of others may quote what people typed.
SPEAK_OF_CODE: Final = (AttributeError, ImportError, NameError, OperationalError, TypeError)
EMAIL: Final = re.compile(r"[^\s@<>\"'“]+@[^\s@<>\"'”]+")


class Form(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


def logging_by(form: Form) -> dict[str, Any]:
    """Django's setting LOGGING: everything to standard error; of other libraries warnings and worse."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": AsJson if form is Form.JSON else AsText}},
        "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["error"], "level": "WARNING"},
        "loggers": {
            OURS: {"level": "INFO"},
            # Django's own handlers would write the same once more, in their words.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # A page that is not there or not allowed is a line of ours already.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }


class AsJson(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(dict(_told(record)), ensure_ascii=False)


class AsText(logging.Formatter):
    """When, how bad, who, what, then the fields; an error on the lines below."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines."""
        told = dict(_told(record))
        error = told.pop("error", "")
        first = f"{told.pop('at')} {told.pop('level')} {told.pop('logger')}: {told.pop('text')}"
        fields = " ".join(f"{name}={value}" for name, value in told.items())
        return "\n".join(part for part in (f"{first} {fields}".rstrip(), error) if part)


def _told(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    yield "at", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    yield "text", EMAIL.sub("…", _text(record))
    if number := NUMBER.get():
        yield "request", number
    yield from ((name, getattr(record, name)) for name in FIELDS if hasattr(record, name))
    if record.exc_info and record.exc_info[1]:
        yield "error", EMAIL.sub("…", "".join(_way(record.exc_info[1])).rstrip())


def _text(record: logging.LogRecord) -> str:
    """Ours with its values, which are numbers and names of jobs; of others only what stands in their code."""
    ours = record.name.partition(".")[0] == OURS
    return record.getMessage() if ours else str(record.msg)


def _way(error: BaseException) -> Iterator[str]:
    """The way of an error through the code, its causes first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _way(before)
        yield "and then\n"
    yield from traceback.format_tb(error.__traceback__)
    said = _said(error)
    yield f"{type(error).__qualname__}: {said}\n" if said else f"{type(error).__qualname__}\n"


def _said(error: BaseException) -> str:
    match error:
        case MilepostError():
            return error.message
        case OSError():
            return error.strerror or ""
        case _ if isinstance(error, SPEAK_OF_CODE):
            return str(error).strip()
    return ""
