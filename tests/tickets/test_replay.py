"""Events of one ticket become its facts. Times are minutes after creation; agents 1 Celina, 2 Dawid; teams 7, 8."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from milepost.tickets.columns import Category, Kind
from milepost.tickets.events import NOBODY, Actor, CreditRule, Event, EventKind, Message, ReplayRules, Response
from milepost.tickets.facts import Fact
from milepost.tickets.replay import replay

CELINA, DAWID, FRONTLINE, BILLING = 1, 2, 7, 8
NEW, OPEN, RESOLVED, CLOSED = Category.NEW, Category.OPEN, Category.RESOLVED, Category.CLOSED
LOG = ReplayRules(response=Response.LEAVES_NEW)
HANDED_ON = replace(LOG, credit=CreditRule.WHILE_RESOLVED)
MESSAGES = ReplayRules(response=Response.MESSAGES)
T0 = 1_000_000


def created() -> Event:
    return Event(at=T0, kind=EventKind.CREATED)


def update(minute: int, status: Category | None = None, **told: object) -> Event:
    return Event(at=T0 + 60 * minute, kind=EventKind.UPDATE, status=status, **told)  # type: ignore[arg-type]


def facts(kind: Kind, events: Sequence[Event], rules: ReplayRules = LOG) -> list[Fact]:
    return [fact for fact in replay(5, [created(), *events], rules) if fact.kind is kind]


def minute(moment: int | None) -> int | None:
    return None if moment is None else (moment - T0) // 60


def counting(found: Sequence[Fact], at: int) -> list[Fact]:
    """The facts that count and stand at a minute, by the as-of rule."""
    x = T0 + 60 * at
    return [
        fact
        for fact in found
        if fact.counts_from < x
        and (fact.counts_until is None or fact.counts_until >= x)
        and (fact.ended_at is None or fact.ended_at >= x)
    ]


def test_a_resolution_is_measured_from_creation_and_credited_to_the_assignee_at_the_act() -> None:
    (resolution,) = facts(
        Kind.RESOLUTION, [update(1, NEW, agent=DAWID), update(30, RESOLVED, agent=CELINA, team=FRONTLINE)]
    )
    assert (resolution.calendar_seconds, resolution.agent, resolution.team, resolution.nth) == (
        1800,
        CELINA,
        FRONTLINE,
        1,
    )


def test_closing_a_resolved_ticket_is_no_second_resolution() -> None:
    assert len(facts(Kind.RESOLUTION, [update(1, OPEN), update(5, RESOLVED), update(9, CLOSED)])) == 1


def test_closed_without_resolved_is_a_resolution() -> None:
    (resolution,) = facts(Kind.RESOLUTION, [update(1, OPEN), update(9, CLOSED)])
    assert minute(resolution.happened_at) == 9


def test_a_reopen_ends_the_resolution_and_the_next_one_is_measured_from_creation() -> None:
    events = [update(10, RESOLVED, agent=CELINA), update(20, OPEN, agent=DAWID), update(50, RESOLVED)]
    first, second = facts(Kind.RESOLUTION, events)
    assert minute(first.ended_at) == 20
    assert (second.nth, second.calendar_seconds, second.ended_at, second.agent) == (2, 3000, None, DAWID)


def test_a_reopen_is_charged_to_the_assignee_before_it_and_timed_from_the_resolution() -> None:
    events = [update(10, RESOLVED, agent=CELINA), update(25, OPEN, agent=DAWID)]
    (reopen,) = facts(Kind.REOPEN, events)
    assert (reopen.agent, reopen.calendar_seconds, reopen.nth) == (CELINA, 900, 1)


def test_rows_of_equal_time_keep_their_order() -> None:
    resolved_then_open = [update(10, RESOLVED), update(10, OPEN)]
    assert len(facts(Kind.REOPEN, resolved_then_open)) == 1
    assert facts(Kind.REOPEN, resolved_then_open[::-1]) == []


def test_the_first_event_that_leaves_new_stands_for_the_reply_in_a_log() -> None:
    (reply,) = facts(
        Kind.FIRST_REPLY, [update(0, NEW), update(4, NEW), update(6, OPEN, agent=CELINA), update(9, RESOLVED)]
    )
    assert (minute(reply.happened_at), reply.calendar_seconds, reply.agent) == (6, 360, CELINA)


def test_a_ticket_that_does_not_begin_with_new_has_no_response() -> None:
    assert facts(Kind.FIRST_REPLY, [update(1, OPEN), update(2, NEW), update(3, OPEN)]) == []


def test_a_note_a_customer_and_a_machine_do_not_reply() -> None:
    events = [
        update(1, message=Message.CUSTOMER),
        update(2, message=Message.NOTE, actor=CELINA),
        update(3, message=Message.REPLY, actor_kind=Actor.BOT),
        update(8, message=Message.REPLY, actor=DAWID, actor_kind=Actor.AGENT, agent=CELINA),
        update(9, message=Message.REPLY, actor=CELINA),
    ]
    (reply,) = facts(Kind.FIRST_REPLY, events, MESSAGES)
    assert (minute(reply.happened_at), reply.agent) == (8, DAWID)


def test_an_opening_message_by_an_agent_does_not_answer_itself() -> None:
    events = [update(0, message=Message.REPLY, actor=CELINA), update(7, message=Message.REPLY, actor=CELINA)]
    (reply,) = facts(Kind.FIRST_REPLY, events, MESSAGES)
    assert minute(reply.happened_at) == 7


def test_a_resolution_by_nobody_goes_to_the_human_who_did_it() -> None:
    (resolution,) = facts(Kind.RESOLUTION, [update(3, RESOLVED, actor=DAWID, actor_kind=Actor.AGENT)])
    assert resolution.agent == DAWID


def test_nobody_told_is_nobody_and_not_told_keeps_the_last() -> None:
    assert facts(Kind.RESOLUTION, [update(1, OPEN, agent=CELINA), update(3, RESOLVED)])[0].agent == CELINA
    assert facts(Kind.RESOLUTION, [update(1, OPEN, agent=CELINA), update(3, RESOLVED, agent=NOBODY)])[0].agent is None


def test_the_assignee_changed_after_the_resolution_changes_no_credit() -> None:
    (resolution,) = facts(Kind.RESOLUTION, [update(3, RESOLVED, agent=CELINA), update(5, RESOLVED, agent=DAWID)])
    assert (resolution.agent, resolution.counts_until) == (CELINA, None)


def test_where_the_mapping_says_so_credit_follows_a_resolved_ticket_from_the_moment_it_is_handed_on() -> None:
    found = facts(Kind.RESOLUTION, [update(3, RESOLVED), update(5, RESOLVED, agent=DAWID)], HANDED_ON)
    assert [fact.agent for fact in counting(found, 5)] == [None]
    assert [fact.agent for fact in counting(found, 6)] == [DAWID]


def test_a_deleted_ticket_counts_until_its_deletion_and_again_from_its_restore() -> None:
    events = [update(3, RESOLVED), update(10, Category.DELETED), update(20, RESOLVED)]
    found = facts(Kind.RESOLUTION, events)
    assert [len(counting(found, at)) for at in (4, 10, 11, 20, 21)] == [1, 1, 0, 0, 1]


def test_a_negative_duration_counts_without_a_clock() -> None:
    (resolution,) = facts(Kind.RESOLUTION, [update(-5, RESOLVED)])
    assert resolution.calendar_seconds is None


def test_a_source_without_history_does_not_tell_how_manieth_a_resolution_is() -> None:
    (resolution,) = facts(Kind.RESOLUTION, [update(3, RESOLVED)], ReplayRules(history=False))
    assert resolution.nth is None


STATUSES = st.sampled_from([None, NEW, OPEN, Category.WAITING_CUSTOMER, RESOLVED, CLOSED, Category.DELETED])
EVENTS = st.lists(
    st.builds(
        update,
        st.integers(0, 30),
        STATUSES,
        agent=st.sampled_from([None, NOBODY, CELINA, DAWID]),
        team=st.sampled_from([None, NOBODY, FRONTLINE, BILLING]),
    ),
    max_size=12,
)


@given(events=EVENTS, rules=st.sampled_from([LOG, HANDED_ON, MESSAGES]), at=st.integers(-1, 32))
def test_at_every_moment_a_ticket_is_created_at_most_once_and_resolved_at_most_once(
    events: list[Event], rules: ReplayRules, at: int
) -> None:
    ordered = sorted(events, key=lambda event: event.at)
    found = replay(5, [created(), *ordered], rules)
    for kind in (Kind.CREATED, Kind.RESOLUTION, Kind.FIRST_REPLY):
        assert len(counting([fact for fact in found if fact.kind is kind], at)) <= 1


@given(events=EVENTS)
def test_a_ticket_stands_resolved_exactly_when_its_last_status_is_resolved(events: list[Event]) -> None:
    ordered = sorted(events, key=lambda event: event.at)
    told = [event.status for event in ordered if event.status is not None]
    standing = counting([fact for fact in replay(5, [created(), *ordered], LOG) if fact.kind is Kind.RESOLUTION], 99)
    assert len(standing) == (1 if told and told[-1] in {RESOLVED, CLOSED} else 0)


@given(events=EVENTS)
def test_resolutions_are_reopens_and_the_one_that_stands(events: list[Event]) -> None:
    ordered = [event for event in sorted(events, key=lambda event: event.at) if event.status is not Category.DELETED]
    found = replay(5, [created(), *ordered], LOG)
    resolutions = [fact for fact in found if fact.kind is Kind.RESOLUTION]
    reopens = [fact for fact in found if fact.kind is Kind.REOPEN]
    assert len(resolutions) == len(reopens) + sum(fact.ended_at is None for fact in resolutions)
