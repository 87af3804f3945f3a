"""Who holds a job, how a run ends, and that nobody writes who lost the job."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from milepost.base.errors import NotFound, Refused, SourceFailed
from milepost.people.models import Team
from milepost.worker import queue, runs
from milepost.worker.fence import fenced
from milepost.worker.models import Job
from milepost.worker.runs import LEASE, LeaseLost, Outcome, Run
from tests.worker.conftest import MONDAY, Shift


def take(shift: Shift) -> Run | None:
    """A worker looks for work."""
    return runs.take(now=shift.clock, kinds=frozenset({"count"}))


def taken(shift: Shift) -> Run:
    """A worker finds work."""
    run = take(shift)
    assert run is not None
    return run


def taken_elsewhere(shift: Shift) -> Run:
    """A worker of another process, with a connection of its own, finds work."""

    def take_and_leave() -> Run:
        try:
            return taken(shift)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(take_and_leave).result()


def test_a_job_that_is_held_is_not_taken_by_another(shift: Shift, job: Job) -> None:
    assert taken(shift).job == job
    assert take(shift) is None


def test_a_job_is_not_taken_before_it_is_due(shift: Shift, job: Job) -> None:
    shift.pass_(seconds=-1)
    assert take(shift) is None


def test_a_job_of_a_kind_that_the_worker_does_not_know_is_left_to_others(shift: Shift, job: Job) -> None:
    Job.objects.update(kind="a kind of a later version")
    assert take(shift) is None


def test_the_job_of_a_worker_that_died_is_taken_when_its_lease_is_over(shift: Shift, job: Job) -> None:
    first = taken(shift)
    shift.pass_(seconds=LEASE.total_seconds() - 1)
    assert take(shift) is None
    shift.pass_(seconds=1)
    second = taken(shift)
    assert second.job.fence == first.job.fence + 1
    assert (second.job.attempts, second.job.error) == (1, runs.LOST)


def test_a_worker_that_loses_the_job_as_soon_as_it_has_it_does_not_get_the_number_of_the_other(
    shift: Shift, job: Job
) -> None:
    def overtake(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if sql.startswith("UPDATE") and shift.now == MONDAY:
            shift.pass_(minutes=2)
            taken(shift)
        return answer

    with connection.execute_wrapper(overtake):
        slow = taken(shift)
    job.refresh_from_db()
    assert (slow.job.fence, job.fence) == (1, 2)
    with pytest.raises(LeaseLost):
        slow.finish()


def test_a_heart_that_beats_once_more_behind_the_end_does_not_hold_the_job(shift: Shift, job: Job) -> None:
    run = taken(shift)
    run.finish(Outcome(again=timedelta(0)))
    assert not run.beat()
    assert taken(shift).job.attempts == 0


def test_a_heartbeat_keeps_the_job(shift: Shift, job: Job) -> None:
    run = taken(shift)
    for _ in range(5):
        shift.pass_(seconds=LEASE.total_seconds() - 1)
        assert run.beat()
        assert take(shift) is None


def test_a_heart_that_beats_for_a_job_of_another_does_not_keep_it(shift: Shift, job: Job) -> None:
    first = taken(shift)
    shift.pass_(minutes=2)
    second = taken(shift)
    assert not first.beat()
    assert second.beat()


def test_who_lost_the_job_ends_nothing(shift: Shift, job: Job) -> None:
    first = taken(shift)
    shift.pass_(minutes=2)
    second = taken(shift)
    with pytest.raises(LeaseLost):
        first.finish()
    with pytest.raises(LeaseLost):
        first.fail("No.", {})
    second.finish(Outcome(again=timedelta(hours=1)))
    job.refresh_from_db()
    assert (job.due_at, job.done_at, job.error) == (shift.now + timedelta(hours=1), shift.now, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["create", "save", "update", "bulk_create", "delete"])
def test_who_lost_the_job_writes_nothing_anywhere(shift: Shift, job: Job, how: str) -> None:
    team = Team.objects.create(name="Frontline")
    writes: dict[str, Callable[[], object]] = {
        "create": lambda: Team.objects.create(name="Billing"),
        "save": team.save,
        "update": lambda: Team.objects.update(name="Billing"),
        "bulk_create": lambda: Team.objects.bulk_create([Team(name="Billing")]),
        "delete": team.delete,
    }
    team.name = "Billing"
    first = taken(shift)
    with fenced(first):
        shift.pass_(minutes=2)
        taken_elsewhere(shift)
        with pytest.raises(LeaseLost):
            writes[how]()
        assert [one.name for one in Team.objects.all()] == ["Frontline"]


def test_who_holds_the_job_writes_behind_the_fence(shift: Shift, job: Job) -> None:
    with fenced(taken(shift)):
        Team.objects.create(name="Frontline")
        Team.objects.update(name="Billing")
    assert [team.name for team in Team.objects.all()] == ["Billing"]


def test_what_is_written_while_finishing_stands_or_falls_with_the_end(shift: Shift, job: Job) -> None:
    first = taken(shift)
    shift.pass_(minutes=2)
    second = taken(shift)
    with second.finishing():
        Team.objects.create(name="Frontline")
    with pytest.raises(LeaseLost), first.finishing():
        Team.objects.create(name="Billing")
    assert [team.name for team in Team.objects.all()] == ["Frontline"]


def test_a_job_given_back_is_taken_by_the_next_at_once_and_did_not_fail(shift: Shift, job: Job) -> None:
    taken(shift).give_back()
    assert taken(shift).job.attempts == 0


def test_a_lease_that_was_prolonged_a_moment_after_the_clock_was_read_is_held(shift: Shift, job: Job) -> None:
    run = taken(shift)
    shift.pass_(seconds=29)
    assert run.beat()
    shift.pass_(seconds=-29)
    assert take(shift) is None


def test_a_clock_that_is_set_back_does_not_hold_a_job_for_hours(shift: Shift, job: Job) -> None:
    taken(shift)
    shift.pass_(hours=-3)
    Job.objects.update(due_at=shift.now)
    assert take(shift) is not None


@pytest.mark.usefixtures("job")
class TestLoop:
    """What a worker makes of how its work ends."""

    def test_a_recurring_job_that_missed_many_runs_runs_once(self, shift: Shift, job: Job) -> None:
        shift.pass_(days=9)
        worker = shift.worker()
        assert [worker.work_one(), worker.work_one()] == [True, False]
        assert shift.done == ["count:tickets"]
        job.refresh_from_db()
        assert job.due_at == shift.now + timedelta(minutes=5)

    def test_a_job_without_a_rhythm_is_done_once(self, shift: Shift) -> None:
        worker = shift.worker(every=None)
        worker.work_one()
        shift.pass_(days=900)
        assert not worker.work_one()
        assert shift.done == ["count:tickets"]

    def test_what_fails_is_tried_again_later_and_later_and_then_asks_for_a_person(self, shift: Shift, job: Job) -> None:
        def refuse(_run: Run) -> Outcome:
            raise SourceFailed("%(desk)s does not answer.", permanent=False, desk="The help desk")

        shift.work = refuse
        waits, asks = [], []
        for _ in range(12):
            assert shift.worker().work_one()
            job.refresh_from_db()
            assert job.due_at is not None
            waits.append((job.due_at - shift.now).total_seconds())
            asks.append(job.needs_person_since is not None)
            shift.now = job.due_at
        assert asks == [False] * 4 + [True] * 8
        assert 15 <= waits[0] <= 30
        assert all(60 * 2**n / 4 <= wait <= 60 * 2**n / 2 for n, wait in enumerate(waits[:7]))
        assert all(1800 <= wait <= 3600 for wait in waits[7:])
        assert (job.error % job.error_values) == "The help desk does not answer."
        shift.work = lambda _run: Outcome()
        shift.worker().work_one()
        job.refresh_from_db()
        assert (job.attempts, job.needs_person_since, job.error) == (0, None, "")

    def test_what_only_a_person_can_mend_is_not_tried_again_until_somebody_asks(self, shift: Shift, job: Job) -> None:
        def refuse(_run: Run) -> Outcome:
            raise SourceFailed("The token is refused.", permanent=True)

        shift.work = refuse
        shift.worker().work_one()
        job.refresh_from_db()
        assert job.needs_person_since == shift.now
        shift.pass_(days=30)
        assert not shift.worker().work_one()
        shift.work = lambda _run: Outcome()
        queue.retry("count:tickets", now=shift.now)
        assert shift.worker().work_one()
        job.refresh_from_db()
        assert job.error == ""
        assert not Job.objects.filter(needs_person_since__isnull=False).exists()

    def test_a_fault_of_ours_is_a_failure_and_not_the_end_of_the_worker(self, shift: Shift, job: Job) -> None:
        def divide(_run: Run) -> Outcome:
            raise ZeroDivisionError("division by zero")

        shift.work = divide
        assert shift.worker().work_one()
        job.refresh_from_db()
        assert "ZeroDivisionError" in job.error % job.error_values

    def test_a_job_that_kills_its_worker_each_time_asks_for_a_person(self, shift: Shift, job: Job) -> None:
        for _ in range(6):
            taken(shift)
            shift.pass_(minutes=2)
        job.refresh_from_db()
        assert (job.attempts, job.error) == (5, runs.LOST)
        assert job.needs_person_since is not None

    def test_a_complaint_is_shown_and_is_no_failure(self, shift: Shift, job: Job) -> None:
        shift.work = lambda _run: Outcome(complaint="%(file)s is damaged.", values={"file": "march.csv"})
        shift.worker().work_one()
        job.refresh_from_db()
        assert (job.error % job.error_values, job.attempts, job.failed_at) == ("march.csv is damaged.", 0, None)

    def test_what_is_asked_for_while_it_is_being_done_is_done_once_more(self, shift: Shift) -> None:
        def ask_again(run: Run) -> Outcome:
            shift.pass_(seconds=1)
            queue.ask(run.job.name, "count", now=shift.now)
            shift.work = lambda _run: Outcome()
            return Outcome()

        shift.work = ask_again
        worker = shift.worker()
        assert [worker.work_one() for _ in range(3)] == [True, True, False]

    @pytest.mark.django_db(transaction=True)
    def test_a_worker_whose_job_is_taken_over_meanwhile_goes_on_with_others(self, shift: Shift, job: Job) -> None:
        def oversleep(_run: Run) -> Outcome:
            shift.pass_(minutes=2)
            others.append(taken_elsewhere(shift))
            Team.objects.create(name="written too late")
            return Outcome()

        others: list[Run] = []
        shift.work = oversleep
        assert shift.worker().work_one()
        others[0].finish()
        assert not Team.objects.exists()
        job.refresh_from_db()
        assert (job.error, job.lease_until) == ("", None)

    @pytest.mark.django_db(transaction=True)
    def test_a_worker_that_is_told_to_stop_begins_nothing_new(self, shift: Shift) -> None:
        worker = shift.worker()
        Job.objects.create(name="count:people", kind="count", due_at=MONDAY)

        def stop(run: Run) -> Outcome:
            run.stopping.set()
            return Outcome()

        shift.work = stop
        worker.work()
        assert shift.done == ["count:tickets"]


class TestQueue:
    """The list of jobs."""

    def test_asking_twice_before_it_begins_is_once(self, shift: Shift) -> None:
        for _ in range(2):
            queue.ask("count:tickets", "count", now=shift.now)
            shift.pass_(seconds=1)
        worker = shift.worker()
        assert [worker.work_one(), worker.work_one()] == [True, False]

    def test_asking_does_not_put_off_what_is_overdue(self, job: Job) -> None:
        queue.ask("count:tickets", "count", now=MONDAY + timedelta(hours=1))
        job.refresh_from_db()
        assert job.due_at == MONDAY

    @pytest.mark.usefixtures("job")
    def test_a_job_of_what_is_gone_goes_and_a_new_one_is_due_at_once(self, shift: Shift) -> None:
        kinds = shift.worker().kinds
        queue.keep({"count:people": "count"}, kinds, now=shift.now)
        assert list(Job.objects.values_list("name", "due_at")) == [("count:people", shift.now)]

    def test_a_job_that_was_planned_before_the_clock_was_set_back_is_planned_anew(self, shift: Shift, job: Job) -> None:
        Job.objects.update(due_at=MONDAY + timedelta(days=1))
        queue.keep({"count:tickets": "count"}, shift.worker().kinds, now=shift.now)
        job.refresh_from_db()
        assert job.due_at == MONDAY

    def test_there_is_nothing_to_retry_under_a_name_that_no_job_has(self, shift: Shift) -> None:
        with pytest.raises(NotFound, match="milepost jobs"):
            queue.retry("count:nothing", now=shift.now)


def test_a_refusal_is_a_failure_that_is_tried_again(shift: Shift, job: Job) -> None:
    def refuse(_run: Run) -> Outcome:
        raise Refused("Not now.")

    shift.work = refuse
    shift.worker().work_one()
    job.refresh_from_db()
    assert job.due_at is not None
    assert job.error == "Not now."
