"""The edge cases of the metrics, one test each, as stories of one ticket told by minute."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from milepost.calendars.periods import Duration, cut
from milepost.calendars.working_hours import NO_CALENDARS
from milepost.tickets.columns import AUTOMATION, Category, Kind
from milepost.tickets.events import NOBODY, Actor, CreditRule, Message, Removal, ReplayRules, Response
from tests.tickets.story import (
    BILLING,
    CELINA,
    DAWID,
    FRONTLINE,
    T0,
    Story,
    customer,
    minutes,
    reply,
    spans,
    update,
)

NEW, OPEN, RESOLVED, CLOSED = Category.NEW, Category.OPEN, Category.RESOLVED, Category.CLOSED
PENDING, HOLD, DELETED = Category.WAITING_CUSTOMER, Category.ON_HOLD, Category.DELETED


class Frontline:
    """Frontline works in every second hour from the creation on; Billing by no calendar."""

    calendars = NO_CALENDARS

    def calendar(self, team: int | None, /) -> int | None:
        return 1 if team == FRONTLINE else None

    def seconds(self, _calendar: int, start: int, end: int, /) -> int:
        return sum((at - T0) // 3600 % 2 == 0 for at in range(start, end))


def test_reopen_full_resolution_is_measured_from_creation_again_and_the_first_never_changes() -> None:
    story = Story(update(10, RESOLVED), update(40, OPEN), update(60, RESOLVED))
    first, last = story.of(Kind.RESOLUTION)
    assert (minutes(first.calendar_seconds), minutes(last.calendar_seconds)) == (10, 60)
    assert minutes(last.calendar_work) == 30
    assert story.standing(Kind.RESOLUTION, 50) == []


def test_reopen_by_a_thank_you_mail_is_a_reopen() -> None:
    story = Story(update(10, RESOLVED), customer(12, OPEN), update(13, RESOLVED))
    assert len(story.of(Kind.REOPEN)) == 1


def test_resolved_and_reopened_in_one_update_is_neither() -> None:
    story = Story(update(5, OPEN), update(10, OPEN))
    assert story.of(Kind.RESOLUTION) + story.of(Kind.REOPEN) == []


def test_merge_takes_the_ticket_out_from_the_merge_on_and_closes_nothing() -> None:
    story = Story(reply(3), update(10, CLOSED, removal=Removal.MERGED, survivor="T-1"))
    assert len(story.standing(Kind.OPEN, 10)) == 1
    assert [story.counting(kind, 11) for kind in (Kind.CREATED, Kind.FIRST_REPLY, Kind.RESOLUTION, Kind.OPEN)] == [
        [],
        [],
        [],
        [],
    ]


def test_merge_leaves_the_messages_with_the_ticket_they_were_written_in() -> None:
    story = Story(reply(3), update(10, removal=Removal.MERGED))
    assert [minutes(fact.calendar_seconds) for fact in story.counting(Kind.FIRST_REPLY, 9)] == [3]


def test_reassign_first_response_is_the_authors_and_resolution_the_assignees() -> None:
    story = Story(reply(2, CELINA), update(5, agent=DAWID), reply(9, CELINA, RESOLVED), agent=CELINA)
    assert (story.one(Kind.FIRST_REPLY).agent, story.one(Kind.RESOLUTION).agent) == (CELINA, DAWID)


def test_nobody_at_the_close_is_nobody_and_the_group_then() -> None:
    resolution = Story(update(9, RESOLVED), team=BILLING).one(Kind.RESOLUTION)
    assert (resolution.agent, resolution.team) == (None, BILLING)


def test_assignee_cleared_after_the_resolution_keeps_the_credit() -> None:
    story = Story(update(9, RESOLVED), update(9, agent=NOBODY), agent=CELINA)
    assert story.one(Kind.RESOLUTION).agent == CELINA


def test_assignee_cleared_in_the_second_before_the_resolution_loses_the_credit() -> None:
    story = Story(update(9, agent=NOBODY), update(9, RESOLVED, actor_kind=Actor.SYSTEM), agent=CELINA)
    assert story.one(Kind.RESOLUTION).agent == AUTOMATION


def test_solved_by_a_bot_counts_for_the_group_and_the_human_assignee() -> None:
    story = Story(update(9, RESOLVED, actor_kind=Actor.BOT), agent=CELINA, team=FRONTLINE)
    assert (story.one(Kind.RESOLUTION).agent, story.one(Kind.RESOLUTION).team) == (CELINA, FRONTLINE)


def test_solved_by_a_bot_without_an_assignee_is_automation() -> None:
    resolution = Story(update(9, RESOLVED, actor_kind=Actor.BOT), team=FRONTLINE).one(Kind.RESOLUTION)
    assert (resolution.agent, resolution.team) == (AUTOMATION, FRONTLINE)


def test_a_ticket_that_only_a_bot_answered_has_no_first_response_and_is_not_one_touch() -> None:
    story = Story(customer(0), update(1, RESOLVED, message=Message.REPLY, actor_kind=Actor.BOT))
    assert story.of(Kind.FIRST_REPLY) == []
    assert story.one(Kind.RESOLUTION).replies == 0


def test_never_answered_but_solved_has_no_first_response_and_no_touch() -> None:
    story = Story(customer(0), update(8, RESOLVED, agent=CELINA))
    assert (story.of(Kind.FIRST_REPLY), story.one(Kind.RESOLUTION).replies) == ([], 0)


def test_an_internal_note_only_is_not_a_response() -> None:
    story = Story(update(4, message=Message.NOTE, actor=CELINA, actor_kind=Actor.AGENT))
    assert story.of(Kind.FIRST_REPLY) == []
    assert len(story.standing(Kind.AWAITING, 9)) == 1


def test_an_automatic_reply_in_the_name_of_an_agent_is_not_a_response() -> None:
    automatic = update(1, message=Message.AUTOMATIC, actor=CELINA, actor_kind=Actor.AGENT)
    assert [fact.agent for fact in Story(automatic, reply(7, DAWID)).of(Kind.FIRST_REPLY)] == [DAWID]


def test_the_customers_out_of_office_does_not_ask_for_a_reply() -> None:
    assert Story(update(4, message=Message.AUTOMATIC, actor_kind=Actor.CUSTOMER)).of(Kind.WAITING) == []


def test_several_messages_of_an_agent_within_a_minute_are_a_touch_each() -> None:
    assert Story(reply(4), reply(4.5, status=RESOLVED)).one(Kind.RESOLUTION).replies == 2


def test_an_agent_who_is_the_requester_is_a_customer_there() -> None:
    asks = update(3, message=Message.REPLY, actor=CELINA, actor_kind=Actor.CUSTOMER)
    story = Story(asks, reply(9, DAWID))
    assert (story.one(Kind.FIRST_REPLY).agent, minutes(story.one(Kind.REPLY).calendar_seconds)) == (DAWID, 6)


def test_an_agent_whose_role_changed_later_keeps_what_was_done_before() -> None:
    story = Story(reply(3, CELINA), update(9, message=Message.REPLY, actor=CELINA, actor_kind=Actor.SYSTEM))
    assert [fact.agent for fact in story.of(Kind.REPLY)] == [CELINA]


def test_deleted_is_out_from_the_deletion_on() -> None:
    story = Story(update(5, RESOLVED), update(10, DELETED))
    assert [len(story.standing(Kind.RESOLUTION, at)) for at in (10, 11)] == [1, 0]


def test_spam_is_out_from_the_mark_on_and_back_from_the_restore_on() -> None:
    story = Story(update(10, removal=Removal.SPAM), update(20, removal=Removal.RESTORED))
    assert [len(story.standing(Kind.OPEN, at)) for at in (10, 11, 20, 21)] == [1, 0, 0, 1]
    assert [len(story.counting(Kind.CREATED, at)) for at in (10, 11, 20, 21)] == [1, 0, 0, 1]


def test_a_bound_that_runs_out_while_the_ticket_is_gone_is_neither_met_nor_broken() -> None:
    story = Story(update(10, removal=Removal.SPAM), update(20, removal=Removal.RESTORED))
    assert spans(story.counting(Kind.AWAITING, 30)) == [(0, 10), (20, None)]


def test_a_merged_ticket_is_not_brought_back_by_a_later_status() -> None:
    story = Story(update(10, removal=Removal.MERGED), update(11, OPEN))
    assert story.counting(Kind.CREATED, 12) == []


def test_an_archived_ticket_that_comes_late_is_a_ticket_like_any() -> None:
    """Order is by the source; a whole history that is read years later gives what it would have given then."""
    story = Story(update(1, OPEN), update(9, CLOSED))
    assert minutes(story.one(Kind.RESOLUTION).calendar_seconds) == 9


def test_closed_without_solved_is_the_resolution() -> None:
    assert spans(Story(update(9, CLOSED)).of(Kind.RESOLUTION)) == [(9, None)]


def test_solved_and_closed_five_days_later_is_one_resolution_at_the_first() -> None:
    story = Story(update(9, RESOLVED), update(9 + 5 * 1440, CLOSED))
    assert minutes(story.one(Kind.RESOLUTION).calendar_seconds) == 9


def test_an_event_before_the_creation_has_no_duration_and_still_counts() -> None:
    story = Story(update(-3, RESOLVED))
    assert [story.one(Kind.RESOLUTION).calendar_seconds, story.one(Kind.RESOLUTION).business_seconds] == [None, None]
    assert len(story.counting(Kind.RESOLUTION, 1)) == 1


def test_events_that_go_back_in_time_never_put_a_ticket_into_a_state_twice() -> None:
    story = Story(update(5, OPEN), update(20, PENDING), update(10, HOLD, agent=CELINA), update(30, RESOLVED))
    stretches = sorted(spans(story.of(Kind.OPEN)))
    assert stretches == [(0, 5), (5, 20), (20, 30)]
    assert minutes(story.one(Kind.RESOLUTION).calendar_seconds) == 30


def test_a_resolution_date_that_is_missing_is_taken_from_the_change_of_status() -> None:
    assert spans(Story(update(2, OPEN), update(12, RESOLVED)).of(Kind.RESOLUTION)) == [(12, None)]


def test_an_unset_assignee_is_told_as_nobody_and_never_as_an_agent() -> None:
    assert Story(update(3, agent=NOBODY)).of(Kind.ASSIGNMENT) == []


def test_open_at_the_end_is_not_closed_but_in_the_backlog_and_its_reply_is_pending() -> None:
    story = Story(customer(0), update(4, OPEN, agent=CELINA))
    assert story.of(Kind.RESOLUTION) == []
    assert [len(story.standing(kind, 9)) for kind in (Kind.OPEN, Kind.AWAITING, Kind.WAITING)] == [1, 1, 1]


def test_a_ticket_without_a_calendar_has_its_calendar_seconds_as_business_seconds() -> None:
    resolution = Story(update(100, RESOLVED), team=BILLING, business=Frontline()).one(Kind.RESOLUTION)
    assert (resolution.business_seconds, resolution.business_work) == (6000, 6000)


def test_each_part_of_a_wait_is_timed_by_the_calendar_that_held_then() -> None:
    """Frontline works from 0 to 60 and from 120 on; from 90 on Billing has it and every hour counts."""
    story = Story(update(90, team=BILLING), update(150, RESOLVED), team=FRONTLINE, business=Frontline())
    assert minutes(story.one(Kind.RESOLUTION).business_seconds) == 60 + 60
    assert [fact.calendar for fact in story.of(Kind.OPEN)] == [1, None]


def test_pauses_are_left_out_of_work_and_never_twice() -> None:
    story = Story(update(10, PENDING), update(15, HOLD), update(35, OPEN), update(40, RESOLVED))
    resolution = story.one(Kind.RESOLUTION)
    parts = resolution.calendar_work, resolution.calendar_hold, resolution.calendar_customer
    assert [minutes(part) for part in parts] == [15, 20, 5]


def test_late_data_changes_the_facts_and_the_earlier_reading_is_told_by_leaving_it_out() -> None:
    known, late = [reply(9, DAWID)], reply(3, CELINA)
    assert [Story(*events).one(Kind.FIRST_REPLY).agent for events in (known, [late, *known])] == [DAWID, CELINA]


def test_a_reply_a_second_before_the_creation_is_an_error_and_has_no_clock() -> None:
    assert Story(reply(-1 / 60)).one(Kind.FIRST_REPLY).calendar_seconds is None


def test_half_past_midnight_on_the_first_belongs_to_the_new_month_of_the_zone() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    moment = datetime(2026, 7, 1, 0, 30, tzinfo=warsaw)
    periods = cut(Duration.MONTHLY, date(2026, 6, 1), date(2026, 8, 1), zone=warsaw, week_start=0, fiscal_month=1)
    assert [period.first_day for period, _ in periods if period.start <= moment < period.end] == [date(2026, 7, 1)]


def test_a_week_begins_on_the_day_that_the_account_says() -> None:
    for week_start, first in ((0, date(2026, 6, 29)), (6, date(2026, 7, 5))):
        periods = cut(
            Duration.WEEKLY, first, date(2026, 8, 1), zone=ZoneInfo("UTC"), week_start=week_start, fiscal_month=1
        )
        assert periods[0][0].first_day == first
        assert periods[0][1]


def test_an_agent_created_ticket_is_answered_by_the_next_public_reply() -> None:
    story = Story(reply(0, CELINA), reply(7, DAWID))
    assert (story.one(Kind.FIRST_REPLY).agent, len(story.of(Kind.REPLY))) == (DAWID, 1)


def test_the_wait_of_a_customer_begins_with_the_first_unanswered_message() -> None:
    story = Story(customer(0), customer(5), reply(9), customer(20), reply(26))
    assert [minutes(fact.calendar_seconds) for fact in story.of(Kind.REPLY)] == [9, 6]


def test_a_reply_that_ends_no_wait_has_no_clock() -> None:
    story = Story(customer(0), reply(9), reply(30))
    assert [minutes(fact.calendar_seconds) for fact in story.of(Kind.REPLY)] == [9, None]


def test_the_first_assignment_is_the_first_station_and_to_be_rid_of_an_assignee_is_none() -> None:
    story = Story(update(2, agent=CELINA), update(5, agent=NOBODY), update(8, agent=DAWID))
    assert [(fact.nth, fact.agent) for fact in story.of(Kind.ASSIGNMENT)] == [(1, CELINA), (2, DAWID)]


def test_a_rating_goes_to_whoever_held_the_resolution_before_it_and_a_newer_one_replaces_it() -> None:
    events = [update(5, RESOLVED), update(6, score=25), update(7, agent=DAWID), update(9, score=100)]
    story = Story(*events, agent=CELINA)
    assert [(fact.agent, fact.score) for fact in story.of(Kind.RATING)] == [(CELINA, 25), (CELINA, 100)]
    assert [fact.score for fact in story.standing(Kind.RATING, 8)] == [25]
    assert [fact.score for fact in story.standing(Kind.RATING, 10)] == [100]


def test_states_are_cut_when_the_ticket_is_handed_on() -> None:
    story = Story(update(10, agent=DAWID), update(30, RESOLVED), agent=CELINA)
    assert [(fact.agent, minutes(fact.calendar_seconds)) for fact in story.of(Kind.OPEN)] == [(CELINA, 0), (DAWID, 10)]


def test_a_table_without_history_has_a_backlog_but_tells_no_stations_and_no_waits() -> None:
    table = ReplayRules(history=False)
    story = Story(reply(5), update(9, RESOLVED), agent=CELINA, rules=table)
    assert {fact.kind for fact in story.all} == {
        Kind.CREATED,
        Kind.FIRST_REPLY,
        Kind.RESOLUTION,
        Kind.OPEN,
        Kind.AWAITING,
    }
    resolution = story.one(Kind.RESOLUTION)
    assert (resolution.nth, resolution.replies, resolution.calendar_work) == (None, None, None)


def test_a_log_without_messages_waits_for_a_response_only_where_a_ticket_began_as_new() -> None:
    log = ReplayRules(response=Response.LEAVES_NEW, credit=CreditRule.WHILE_RESOLVED)
    assert Story(update(5, OPEN), update(9, PENDING), rules=log).standing(Kind.AWAITING, 20) == []
    assert len(Story(update(5, NEW), rules=log).standing(Kind.AWAITING, 20)) == 1
