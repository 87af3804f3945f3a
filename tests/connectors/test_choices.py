"""What a mapping chooses for rows that could be read in more than one way."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from milepost.base.errors import Refused
from milepost.connectors.files import reading
from milepost.connectors.files.reading import Reading
from milepost.connectors.table import mapping

TABLE = {"rows": "tickets", "ticket": "id", "created": "created", "first_reply": "replied", "resolved": "closed"}
LOG = {
    "rows": "events",
    "ticket": "id",
    "time": "at",
    "status": {"column": "status", "values": {"N": "new", "C": "closed"}},
}


def read(folder: Path, text: str, document: Mapping[str, object]) -> tuple[Reading, list[list[str]]]:
    """Read a file; the events as they are staged."""
    file, staging = folder / "file.csv", folder / "staged.csv"
    file.write_text(text)
    meaning = mapping.parse(document)
    done = reading.read(file, meaning, source="", staging=staging, rejects=folder / "rejects.csv")
    return done, [line.split(",") for line in staging.read_text().splitlines()]


def told(done: dict[tuple[str, str], reading.Reason]) -> dict[str, tuple[int, list[int]]]:
    """How many rows for which reason, and their lines."""
    return {reason: (one.count, one.lines) for (reason, _), one in done.items()}


EARLY = "id,created,replied,closed\n1,2026-01-05 10:00,2026-01-05 09:00,\n2,2026-01-05 10:00,2026-01-05 11:00,\n"


@pytest.mark.parametrize(
    ("choice", "rejected", "mended", "replies"), [("reject", 1, 0, 1), ("empty", 0, 1, 1), ("at_creation", 0, 1, 2)]
)
def test_a_reply_before_the_creation_is_left_out_empty_or_at_the_creation(
    tmp_path: Path, choice: str, rejected: int, mended: int, replies: int
) -> None:
    done, events = read(tmp_path, EARLY, TABLE | {"early": choice})
    assert (done.rejected, sum(one.count for one in done.mended.values())) == (rejected, mended)
    assert sum(event[4] == "reply" for event in events) == replies
    assert all(int(event[3]) >= int(event[2]) for event in events)


def test_a_ticket_without_a_creation_begins_with_what_is_known_of_it(tmp_path: Path) -> None:
    text = "id,created,replied,closed\n1,,2026-01-05 09:00,2026-01-06 09:00\n2,,,\n3,2026-01-01,,\n"
    done, events = read(tmp_path, text, TABLE | {"undated": "first_moment"})
    assert told(done.mended) == {"no creation date": (1, [2])}
    assert told(done.reasons) == {"no creation date": (1, [3])}
    assert events[0][2] == events[0][3] == "1767603600"


def test_without_a_choice_a_ticket_without_a_creation_is_left_out(tmp_path: Path) -> None:
    done, _ = read(tmp_path, "id,created,replied,closed\n1,,2026-01-05,\n2,2026-01-01,,\n", TABLE)
    assert (told(done.reasons), done.mended) == ({"no creation date": (1, [2])}, {})


AGAIN = (
    "id,created,replied,closed\n1,2026-01-01,,2026-01-02\n2,2026-01-01,,\n1,2026-01-01,,2026-01-03\n 1,2026-01-01,,\n"
)


def test_of_several_rows_of_a_ticket_the_last_one_counts(tmp_path: Path) -> None:
    done, events = read(tmp_path, AGAIN, TABLE)
    assert told(done.reasons) == {"a ticket number that comes again further down": (2, [2, 4])}
    assert [event[1] for event in events] == ["2", "1"]
    assert not list(tmp_path.glob("*.keys"))


def test_all_rows_of_a_ticket_number_that_comes_again_can_be_left_out(tmp_path: Path) -> None:
    done, events = read(tmp_path, AGAIN, TABLE | {"repeated": "reject"})
    assert told(done.reasons) == {"a ticket number that stands in several rows": (3, [2, 4, 5])}
    assert [event[1] for event in events] == ["2"]


def test_a_log_with_the_newest_event_first_is_numbered_backwards(tmp_path: Path) -> None:
    text = "id,at,status\n1,2026-01-06,C\n1,2026-01-05,N\n"
    _, events = read(tmp_path, text, LOG | {"order": "newest_first"})
    assert int(events[0][0]) > int(events[1][0])
    _, events = read(tmp_path, text, LOG)
    assert int(events[0][0]) < int(events[1][0])


def test_a_choice_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="must be one of: last, reject"):
        read(tmp_path, AGAIN, TABLE | {"repeated": "first"})
