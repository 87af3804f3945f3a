"""What is logged, and that nothing of a person is."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from milepost.base.errors import Refused
from milepost.config.logs import AsJson, AsText
from milepost.people.models import User
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]
# Whatever tells who somebody is, or what somebody typed.
PERSONAL = ("Celina", "Kowalska", "celina@example.org", "@", "kowalska", "s3cr3t", "correct horse")


class Log(io.StringIO):
    """Everything that is logged, as the program writes it."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as objects."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log in JSON, with nothing left out that a logger lets through."""
    written = Log()
    handler = logging.StreamHandler(written)
    handler.setFormatter(AsJson())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def raised(error: Exception) -> Exception:
    """The error, as one that went through code."""
    try:
        raise error
    except type(error) as caught:
        return caught


def logged(log: Log, name: str, text: str, *values: object, error: Exception | None = None) -> dict[str, Any]:
    """The line that a logger of this name writes."""
    logging.getLogger(name).error(text, *values, exc_info=error)
    return log.lines[-1]


def test_a_line_says_when_who_and_what(log: Log) -> None:
    line = logged(log, "milepost.worker.loop", "%s failed.", "sync:desk")
    assert line["at"].endswith("+00:00")
    assert (line["level"], line["logger"], line["text"]) == ("error", "milepost.worker.loop", "sync:desk failed.")


def test_of_other_libraries_only_what_stands_in_their_code_is_written(log: Log) -> None:
    line = logged(log, "urllib3", "Retrying %s for %s", "https://desk/?token=s3cr3t", "celina@example.org")
    assert line["text"] == "Retrying %s for %s"


def test_an_address_is_masked_wherever_it_comes_from(log: Log) -> None:
    assert logged(log, "milepost.people", "Sent to <celina@example.org>.")["text"] == "Sent to <…>."


def test_an_error_is_told_by_its_kind_and_its_way_not_by_what_it_quotes(log: Log) -> None:
    error = raised(IntegrityError("Key (name)=(Celina Kowalska) already exists."))
    told = logged(log, "django.request", "Internal Server Error: %s", "/x", error=error)["error"]
    assert "test_logs.py" in told
    assert told.endswith("IntegrityError")
    assert "Celina" not in told


def test_a_refusal_is_told_without_what_it_is_about(log: Log) -> None:
    told = logged(log, "milepost.web", "No.", error=raised(Refused("%(name)s has left.", name="Celina")))["error"]
    assert told.endswith("Refused: %(name)s has left.")


def test_the_cause_of_an_error_is_told_too_and_as_little(log: Log) -> None:
    error = raised(LookupError("Kowalska"))
    error.__cause__ = raised(FileNotFoundError(2, "No such file or directory", "/exports/celina"))
    told = logged(log, "milepost.web", "No.", error=error)["error"]
    assert "FileNotFoundError: No such file or directory\nand then\n" in told
    assert told.endswith("LookupError")


def test_a_field_that_is_not_on_the_list_is_not_written(log: Log) -> None:
    logging.getLogger("milepost.web").warning("Signed in.", extra={"who": "Celina", "status": 200})
    line = log.lines[-1]
    assert line["status"] == 200
    assert "who" not in line


def test_as_text_the_same_stands_in_a_line() -> None:
    record = logging.LogRecord("milepost.web", logging.INFO, __file__, 1, "Answered.", (), None)
    record.__dict__ |= {"method": "GET", "route": "/goals", "who": "Celina"}
    assert AsText().format(record).endswith(" info milepost.web: Answered. method=GET route=/goals")


def test_a_request_is_logged_by_its_route(desk: Desk, reader: Reader, log: Log) -> None:
    answer = reader(desk.cast.anna).get("/setup/users/4711?q=Celina")
    line = log.lines[-1]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/setup/users/<int:pk>", answer.status_code)
    assert line["milliseconds"] >= 0
    assert line["request"] == answer["X-Request-ID"]


def test_nothing_that_people_send_is_logged(desk: Desk, reader: Reader, log: Log) -> None:
    cast = desk.cast
    cast.celina.name = "Celina Kowalska"
    cast.celina.set_password("correct horse")
    cast.celina.save()
    client = reader(None)
    client.post(reverse("sign-in"), {"username": "celina@example.org", "password": "correct horse"})
    for address in (
        "/goals?q=Kowalska",
        "/search?q=celina@example.org",
        "/welcome/Celina/s3cr3t",
        "/nothing/kowalska",
        "/goals?person=Celina",
    ):
        client.get(address, headers={"referer": "/goals?q=Kowalska", "x-request-id": "Celina"})
    client.post("/goals/Kowalska", {"name": "Celina"})
    client.generic("CELINA", "/goals")
    assert len(log.lines) >= 8
    assert [text for text in PERSONAL if text in log.getvalue()] == []


@pytest.mark.urls("tests.config.faulty_urls")
def test_a_fault_is_logged_without_what_was_sent(desk: Desk, reader: Reader, log: Log) -> None:
    client = reader(desk.cast.celina)
    client.raise_request_exception = False
    answer = client.get("/faulty/Kowalska?token=s3cr3t")
    assert answer.status_code == 500
    number = answer["X-Request-ID"]
    assert number in answer.content.decode()
    faults = [line for line in log.lines if "error" in line]
    assert [(line["request"], line["logger"]) for line in faults] == [(number, "django.request")]
    assert "in faulty" in faults[0]["error"]
    assert [text for text in PERSONAL if text in log.getvalue()] == []


def test_the_number_of_a_proxy_is_kept_when_it_is_one(desk: Desk, reader: Reader) -> None:
    number = "0123456789abcdef0123456789abcdef"
    client = reader(desk.cast.anna)
    assert client.get("/goals", headers={"x-request-id": number})["X-Request-ID"] == number
    assert client.get("/goals", headers={"x-request-id": "celina"})["X-Request-ID"] != "celina"
