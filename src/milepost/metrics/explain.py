"""Which tickets made a number, which did not, and why. The pieces of SQL are those that the number is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.compiler import Statement, conditioned, pooled, windowed
from milepost.metrics.metric import Aggregate, Nth
from milepost.metrics.parts import COUNTS, ENDED_A_WAIT, HAPPENED, LASTED, NTH, REMOVED, STOOD, Part, parts
from milepost.metrics.question import Question


class Reason(StrEnum):
    """Why a fact is counted or is not."""

    COUNTED = "counted"
    HIT = "hit"
    MISS = "miss"
    NOT_YET = "not_yet"
    NOT_MEMBER = "not_member"
    GONE = "gone"
    STILL_THERE = "still_there"
    FILTERED = "filtered"
    NOT_FIRST = "not_first"
    FIRST = "first"
    UNDONE = "undone"
    NO_WAIT = "no_wait"
    NO_VALUE = "no_value"
    OVER = "over"
    LATE = "late"
    BROKEN_BEFORE = "broken_before"
    NOT_BROKEN = "not_broken"


SENTENCES: Final = {
    Reason.COUNTED: gettext_noop("It counts."),
    Reason.HIT: gettext_noop("It counts, above and below the line of the share."),
    Reason.MISS: gettext_noop("It counts, but only below the line of the share."),
    Reason.NOT_YET: gettext_noop("It lies in the period, but not before now."),
    Reason.NOT_MEMBER: gettext_noop("The person it is credited to was not in the team then."),
    Reason.GONE: gettext_noop("The ticket was merged, deleted or marked as spam before the end of the period."),
    Reason.STILL_THERE: gettext_noop("The ticket was not taken out by the end of the period."),
    Reason.FILTERED: gettext_noop("It is not of the pipelines or fields that are counted."),
    Reason.NOT_FIRST: gettext_noop("Only the first one of a ticket counts; this is a later one."),
    Reason.FIRST: gettext_noop("Only later ones of a ticket count; this is the first one."),
    Reason.UNDONE: gettext_noop("It was undone: reopened, or replaced by a newer rating."),
    Reason.NO_WAIT: gettext_noop("No customer was waiting for this reply."),
    Reason.NO_VALUE: gettext_noop("Its times contradict each other, or the source does not tell them."),
    Reason.OVER: gettext_noop("It was over before the end of the period."),
    Reason.LATE: gettext_noop("It came too late. It counts where its time ran out."),
    Reason.BROKEN_BEFORE: gettext_noop("Its time ran out before the period."),
    Reason.NOT_BROKEN: gettext_noop("Its time did not run out within the period."),
}
FAILED: Final = {
    COUNTS: Reason.GONE,
    REMOVED: Reason.STILL_THERE,
    ENDED_A_WAIT: Reason.NO_WAIT,
    NTH[Nth.FIRST]: Reason.NOT_FIRST,
    NTH[Nth.LATER]: Reason.FIRST,
}
# Where a fact must lie to be spoken of at all, though it does not count.
NEAR: Final = {
    HAPPENED: "happened_at >= opens AND happened_at < ends",
    STOOD: LASTED,
    LASTED: LASTED,
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A fact of a ticket, its moment in UTC seconds, its value, and why it is counted or is not."""

    ticket: int
    key: str
    at: int
    value: int | None
    counted: bool
    reason: Reason
    survivor: str | None = None


@dataclass(frozen=True)
class Page:
    """Some of the facts behind a number, those that count first; and how many there are of each kind."""

    rows: tuple[Explained, ...]
    counted: int
    not_counted: int


def statement(question: Question, *, now: datetime) -> Statement | None:
    """The statement over `facts` and `tickets` that lists what was near; of one window.

    Its rows are ticket, key, moment, value, counted, reason and survivor. As many are counted as the sample of the
    amount says.
    """
    parameters = windowed(question.windows, now)
    if parameters is None:
        return None
    joined = pooled(question.by, question.members, question.stints, parameters)
    parameters["ends"] = question.windows[0].end
    conditions = [conditioned(one, place, parameters) for place, one in enumerate(question.conditions)]
    divided = parts(question.measure, now=int(now.timestamp()))
    rows = " UNION ALL ".join(_rows(question, part, joined, conditions) for part in divided)
    # A ticket that was brought back has its acts twice, and one that counts needs no word of what did not.
    return Statement(
        f"""
        WITH w AS (
            SELECT $opens::BIGINT AS opens, $closes::BIGINT AS closes, $as_of::BIGINT AS as_of, $ends::BIGINT AS ends
        ),
        near AS ({rows}),
        spoken AS (
            SELECT * FROM near
            QUALIFY row_number() OVER (
                PARTITION BY ticket, spell
                ORDER BY counted DESC, reason = '{Reason.NOT_MEMBER.value}', happened_at, value, reason
            ) = 1 OR (counted AND NOT once)
        )
        SELECT spoken.ticket, coalesce(tickets.key, spoken.ticket::VARCHAR), happened_at, value, counted, reason,
               CASE WHEN reason = '{Reason.GONE.value}' THEN survivor END
        FROM spoken LEFT JOIN tickets USING (ticket)
        ORDER BY counted DESC, happened_at, spoken.ticket, value
        """,
        {name: parameters[name] for name in parameters if name != "windows"},
    )


def _rows(question: Question, part: Part, joined: str, conditions: Sequence[str]) -> str:
    """Everything near of one part, each row with the first clause that it fails."""
    measure = question.measure
    clauses = _clauses(part, conditions)
    if question.stints:
        clauses.insert(0, (part.during, Reason.NOT_MEMBER))
    reasons = [f"WHEN NOT coalesce(({sql}), false) THEN '{reason.value}'" for sql, reason in clauses]
    shares = measure.aggregate in {Aggregate.SHARE, Aggregate.RATIO}
    met = f"CASE WHEN {part.hit} THEN '{Reason.HIT}' ELSE '{Reason.MISS}' END" if shares else f"'{Reason.COUNTED}'"
    if not shares and measure.aggregate is not Aggregate.COUNT:
        reasons.append(f"WHEN {part.value} IS NULL THEN '{Reason.NO_VALUE.value}'")
    spell = "happened_at" if part.place == HAPPENED and measure.metric.owed is None and not part.once else "0"
    met = f"CASE {' '.join(reasons)} ELSE {met} END"
    counted = ", ".join(f"'{reason}'" for reason in (Reason.COUNTED, Reason.HIT, Reason.MISS))
    return f"""
        SELECT ticket, happened_at, value, reason, reason IN ({counted}) AS counted, spell, {part.once} AS once
        FROM (
            SELECT ticket, happened_at, {part.value} AS value, {met} AS reason, {spell} AS spell
            FROM facts JOIN w ON {NEAR[part.place]} {joined}
            WHERE kind = '{part.kind.value}'
        )
    """


def _clauses(part: Part, conditions: Sequence[str]) -> list[tuple[str, Reason]]:
    """All that must hold of a fact that counts, and what to say where it does not; in the order of what is said."""
    place = Reason.NOT_YET if part.place == HAPPENED else Reason.OVER
    bounds = [Reason.BROKEN_BEFORE, Reason.NOT_BROKEN]
    found = [(part.place, place)]
    for clause in (*part.at, *part.where):
        if clause in FAILED:
            found.append((clause, FAILED[clause]))
        elif part.place == LASTED:
            found.append((clause, bounds.pop(0)))
        else:
            found.append((clause, Reason.UNDONE if clause in part.at else Reason.LATE))
    return [*found, *((one, Reason.FILTERED) for one in conditions)]
