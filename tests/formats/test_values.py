"""Values, days and moments as read and heard, in both languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from milepost.calendars.periods import Duration
from milepost.formats import dates, durations, values
from milepost.formats.numbers import number
from milepost.metrics.metric import Unit

TODAY = date(2026, 11, 23)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def in_both(say: Callable[[], str]) -> tuple[str, str]:
    said = []
    for language in ("en", "pl"):
        with translation.override(language):
            said.append(plain(say()))
    return said[0], said[1]


@pytest.mark.parametrize(
    ("seconds", "wide", "narrow"),
    [
        (0, "0 min", "0 min"),
        (45, "45 s", "45 s"),
        (500, "8 min 20 s", "8 min 20 s"),
        (48 * 60, "48 min", "48 min"),
        (3900, "1 h 05 min", "1 h 05"),
        (3 * 3600, "3 h", "3 h"),
        (3600 + 5, "1 h 00 min 05 s", "1 h 00 min 05 s"),
        (94_200, "26 h 10 min", "26 h 10"),
    ],
)
def test_durations_are_hours_and_minutes(seconds: int, wide: str, narrow: str) -> None:
    assert in_both(lambda: durations.duration(seconds)) == (wide, wide)
    assert in_both(lambda: durations.narrow_duration(seconds)) == (narrow, narrow)


@pytest.mark.parametrize(
    ("seconds", "english", "polish"),
    [
        (12_000, "3 hours 20 minutes", "3 godziny 20 minut"),
        (3660, "1 hour 1 minute", "1 godzina 1 minuta"),
        (5 * 3600, "5 hours", "5 godzin"),
        (2 * 60 + 3, "2 minutes 3 seconds", "2 minuty 3 sekundy"),
        (0, "0 minutes", "0 minut"),
    ],
)
def test_durations_are_heard_in_words(seconds: int, english: str, polish: str) -> None:
    assert in_both(lambda: durations.spoken_duration(seconds)) == (english, polish)


@pytest.mark.parametrize(
    ("value", "english", "polish"),
    [
        ("275", "275", "275"),
        ("1234", "1,234", "1234"),
        ("12345", "12,345", "12 345"),
        ("1234567", "1,234,567", "1 234 567"),
        ("92.50", "92.5", "92,5"),
        ("-4", "−4", "−4"),
    ],
)
def test_numbers_follow_the_language(value: str, english: str, polish: str) -> None:
    assert in_both(lambda: number(Decimal(value))) == (english, polish)


def test_a_percentage_has_no_space_before_its_sign() -> None:
    assert in_both(lambda: values.value(Decimal("66.5"), Unit.SHARE)) == ("66.5%", "66,5%")


def test_tickets_are_counted_in_words() -> None:
    said = [in_both(partial(values.spoken_value, Decimal(n), Unit.TICKETS)) for n in (1, 2, 5, 22)]
    assert said == [
        ("1 ticket", "1 zgłoszenie"),
        ("2 tickets", "2 zgłoszenia"),
        ("5 tickets", "5 zgłoszeń"),
        ("22 tickets", "22 zgłoszenia"),
    ]


@pytest.mark.parametrize(
    ("first", "after", "english", "polish"),
    [
        (date(2026, 11, 9), date(2026, 11, 14), "9–13 Nov", "9–13 lis"),
        (date(2026, 11, 27), date(2027, 1, 1), "27 Nov–31 Dec", "27 lis–31 gru"),
        (date(2026, 12, 28), date(2027, 1, 4), "28 Dec 2026–3 Jan 2027", "28 gru 2026–3 sty 2027"),
        (date(2025, 5, 9), date(2025, 5, 14), "9–13 May 2025", "9–13 maj 2025"),
        (date(2026, 11, 9), date(2026, 11, 10), "9 Nov", "9 lis"),
    ],
)
def test_a_span_names_the_year_only_where_it_is_another(first: date, after: date, english: str, polish: str) -> None:
    assert in_both(lambda: dates.days(first, after, today=TODAY)) == (english, polish)


def name(duration: Duration, first: date, after: date, week_start: int = 0) -> tuple[str, str]:
    return in_both(lambda: dates.milestone(duration, first, after, today=TODAY, week_start=week_start))


def test_a_week_has_a_number_only_where_weeks_start_on_monday() -> None:
    assert name(Duration.WEEKLY, date(2026, 11, 16), date(2026, 11, 23))[0] == "W47, 16–22 Nov"
    assert name(Duration.WEEKLY, date(2026, 11, 15), date(2026, 11, 22), week_start=6)[0] == "15–21 Nov"


def test_periods_of_the_calendar_have_names_and_others_have_days() -> None:
    november = date(2026, 11, 1), date(2026, 12, 1)
    assert name(Duration.MONTHLY, *november) == ("November 2026", "listopad 2026")
    assert name(Duration.QUARTERLY, date(2026, 10, 1), date(2027, 1, 1))[0] == "Q4 2026"
    assert name(Duration.QUARTERLY, date(2026, 11, 1), date(2027, 2, 1))[0] == "1 Nov 2026–31 Jan 2027"
    assert name(Duration.YEARLY, date(2026, 1, 1), date(2027, 1, 1)) == ("2026", "2026")
    assert name(Duration.YEARLY, date(2026, 4, 1), date(2027, 4, 1))[0] == "1 Apr 2026–31 Mar 2027"
    assert name(Duration.CUSTOM, *november)[0] == "1–30 Nov"


def test_a_moment_is_on_the_clocks_of_the_account() -> None:
    at = datetime(2026, 11, 23, 14, 40, tzinfo=UTC)
    warsaw = ZoneInfo("Europe/Warsaw")
    assert in_both(lambda: dates.moment(at, warsaw)) == ("Mon 23 Nov 2026, 15:40", "pon 23 lis 2026, 15:40")
    assert in_both(lambda: dates.clock_time(at, warsaw)) == ("15:40", "15:40")
    assert in_both(lambda: dates.day(date(2026, 11, 23))) == ("23 Nov 2026", "23 lis 2026")
    assert in_both(lambda: dates.day_of_year(date(2026, 11, 23))) == ("23 Nov", "23 lis")
