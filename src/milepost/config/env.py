"""Reads settings from the environment: prefix MILEPOST_, and NAME_FILE for secrets kept in files."""

import contextlib
import os
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from milepost.base.errors import Misconfigured

# A refresh needs some for what cannot go to files.
LEAST_MEGABYTES: Final = 200

Choice = TypeVar("Choice", bound=StrEnum)


def text(name: str, default: str | None = None) -> str | None:
    """The value of MILEPOST_<name>, or the content of the file that MILEPOST_<name>_FILE names."""
    value = os.environ.get(f"MILEPOST_{name}")
    if value is not None:
        return value
    file = os.environ.get(f"MILEPOST_{name}_FILE")
    if file is None:
        return default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misconfigured(
            "MILEPOST_%(name)s_FILE names a file that cannot be read: %(error)s", name=name, error=error
        ) from error


def flag(name: str, *, default: bool) -> bool:
    """MILEPOST_<name> as yes or no."""
    value = text(name)
    if value is None:
        return default
    match value.strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off" | "":
            return False
    raise Misconfigured('MILEPOST_%(name)s is "%(value)s". Set it to yes or no.', name=name, value=value)


def words(name: str, default: tuple[str, ...]) -> list[str]:
    """MILEPOST_<name> as a list, separated by commas."""
    value = text(name)
    return list(default) if value is None else [word.strip() for word in value.split(",") if word.strip()]


def one_of(name: str, choices: type[Choice], *, default: Choice) -> Choice:
    """MILEPOST_<name> as one of the words there are."""
    value = text(name)
    if value is None:
        return default
    try:
        return choices(value.strip().lower())
    except ValueError as error:
        raise Misconfigured(
            'MILEPOST_%(name)s is "%(value)s". Set it to one of: %(choices)s.',
            name=name,
            value=value,
            choices=", ".join(choices),
        ) from error


def data_folder() -> Path:
    """Where this installation keeps its database, its facts and its key: MILEPOST_DATA."""
    named = text("DATA")
    if named:
        return Path(named).expanduser().absolute()
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "milepost"


def secret_key(folder: Path) -> str:
    """MILEPOST_SECRET_KEY, else the key kept in the data folder, made at the first start, readable by its owner."""
    named = text("SECRET_KEY")
    if named:
        return named
    file = folder / "secret_key"
    try:
        if not file.exists():
            _make_key(file)
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(
            "The data folder %(folder)s cannot be used: %(error)s. Give it to the user who runs Milepost, or name "
            "another one with MILEPOST_DATA.",
            folder=folder,
            error=error.strerror,
        ) from error


def _make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"secret_key.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(64), encoding="utf-8")
    with contextlib.suppress(FileExistsError):
        os.link(fresh, file)
    fresh.unlink()


def engine() -> str | None:
    """The address of the engine that answers over the facts, MILEPOST_ENGINE; None is DuckDB in this process."""
    address = (text("ENGINE") or "duckdb").strip()
    if address == "duckdb":
        return None
    if urlsplit(address).scheme not in {"postgres", "postgresql", "spark"}:
        raise Misconfigured(
            "MILEPOST_ENGINE must read duckdb, postgresql://user:password@host:port/name or spark://host:port."
        )
    return address


def memory() -> str:
    """What a refresh may use before it goes to temporary files, MILEPOST_MEMORY; in megabytes or gigabytes."""
    told = (text("MEMORY") or "300MB").strip()
    found = re.fullmatch(r"([1-9][0-9]{0,5})(MB|GB)", told)
    if not found or (found[2] == "MB" and int(found[1]) < LEAST_MEGABYTES):
        raise Misconfigured(
            'MILEPOST_MEMORY is "%(value)s". Write megabytes or gigabytes, %(least)sMB or more: 300MB, 2GB.',
            value=told,
            least=LEAST_MEGABYTES,
        )
    return told


def database(folder: Path) -> dict[str, object]:
    """Django's database entry: postgresql://user:password@host:port/name in MILEPOST_DATABASE, else SQLite."""
    url = text("DATABASE")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "milepost.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Deferred transactions fail with "database is locked" when two writers upgrade at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Misconfigured("MILEPOST_DATABASE must read postgresql://user:password@host:port/name.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


@dataclass(frozen=True)
class MailServer:
    """Who takes our e-mail; without a host nobody does."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool = False


def mail_server() -> MailServer:
    """MILEPOST_SMTP: smtp://user:password@host:port; smtps:// or smtp+starttls:// encrypt."""
    url = text("SMTP")
    if not url:
        return MailServer()
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
    if parts.scheme not in ports or not parts.hostname:
        raise Misconfigured("MILEPOST_SMTP must read smtp+starttls://user:password@host:port, or smtps:// or smtp://.")
    return MailServer(
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )


def address() -> str:
    """MILEPOST_ADDRESS, under which people open the pages: links in messages begin with it."""
    named = text("ADDRESS")
    if not named:
        return "http://localhost:8000"
    parts = urlsplit(named)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured("MILEPOST_ADDRESS must read https://milepost.example.org.")
    return named.rstrip("/")
