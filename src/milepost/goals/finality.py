"""Final: when a milestone’s verdict no longer moves. The section Final of product.md, as pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# So long after it could have been final, a milestone says which source it waits for, and may be finalised.
PATIENCE: Final = timedelta(days=7)


class Moment(StrEnum):
    """Whether the verdict of a milestone is to come, may still move, or stands."""

    RUNNING = "running"
    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a milestone, how long after it an act of it may be undone, and the grace of the account."""

    end: datetime
    window: timedelta
    grace: timedelta

    @property
    def read_past(self) -> datetime:
        """Up to when every source must have been read."""
        return self.end + self.window

    @property
    def due(self) -> datetime:
        """From when on it may be final."""
        return self.read_past + self.grace


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a source was read, by its own clock; None where it was not read to its end yet."""

    source: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided of a target before: it stopped with its person, it has a verdict, its verdict was reopened."""

    stopped: bool = False
    judged: bool = False
    reopened: bool = False


PLAIN: Final = Standing()


def moment(closing: Closing, sources: Iterable[Watermark], standing: Standing = PLAIN, *, now: datetime) -> Moment:
    """Running until the end; final when grace and sources allow it, or a verdict stands; provisional in between.

    `sources` are those that are connected now: what was disconnected is not waited for. What has stopped waits for
    nothing. What was reopened is provisional until somebody finalises it.
    """
    if standing.reopened:
        return Moment.PROVISIONAL
    if standing.judged:
        return Moment.FINAL
    if now < closing.end:
        return Moment.RUNNING
    if standing.stopped or (now >= closing.due and not behind(closing, sources)):
        return Moment.FINAL
    return Moment.PROVISIONAL


def behind(closing: Closing, sources: Iterable[Watermark]) -> tuple[str, ...]:
    """The sources that were not read far enough, in their order."""
    return tuple(one.source for one in sources if one.until is None or one.until < closing.read_past)


def waits_for(closing: Closing, sources: Iterable[Watermark], *, now: datetime) -> tuple[str, ...]:
    """The sources that keep it from being final for longer than patience lasts; then a person may finalise it."""
    return behind(closing, sources) if now >= closing.due + PATIENCE else ()
