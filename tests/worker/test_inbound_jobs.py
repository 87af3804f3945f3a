"""What is sent to us is calculated by the worker; whoever asks for haste waits a little all the same."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from milepost.sources.models import Arrival
from milepost.tickets.store.lock import writing
from milepost.worker import jobs, queue
from milepost.worker.loop import Worker
from milepost.worker.models import Job
from milepost.worker.runs import Outcome, Run
from tests.sources.inbound import Sender, event, open_source
from tests.worker.conftest import MONDAY, Shift

PAUSE = timedelta(seconds=15)


@pytest.fixture
def sender(tmp_path: Path, settings: Settings, db: None) -> Sender:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    sender = open_source()
    Job.objects.all().delete()
    return sender


def works(sender: Sender) -> list[str]:
    """The worker does what is due of syncs and calculations."""
    done = []
    kinds = {key: jobs.KINDS[key] for key in ("sync", "refresh")}
    worker = Worker(kinds, plan=jobs.plan, now=lambda: sender.now)
    while (job := Job.objects.filter(due_at__lte=sender.now, kind__in=kinds).order_by("due_at", "pk").first()) or (
        not Job.objects.exists()
    ):
        done.append(job.name if job else "")
        assert worker.work_one()
    return [name for name in done if name]


def test_what_came_is_taken_and_all_goals_calculated(sender: Sender) -> None:
    works(sender)
    sender.pass_(minutes=1)
    sender.sends(event("1", "09:00", status="new"))
    queue.hasten("sync:desk", now=sender.now, pause=PAUSE)
    assert works(sender) == ["sync:desk", "refresh"]
    assert Arrival.objects.get().taken_at == sender.now
    sender.pass_(minutes=5)
    assert works(sender) == ["sync:desk"]


def test_while_something_else_writes_facts_it_is_taken_a_little_later(sender: Sender, tmp_path: Path) -> None:
    works(sender)
    sender.sends(event("1", "09:00", status="new"))
    sender.pass_(minutes=5)
    with writing(tmp_path / "facts"):
        works(sender)
    assert Job.objects.get(name="sync:desk").due_at == sender.now + timedelta(seconds=15)
    sender.pass_(seconds=15)
    works(sender)
    assert Arrival.objects.get().taken_at == sender.now


def test_what_events_are_known_by_is_forgotten_after_thirty_days(sender: Sender) -> None:
    sender.brings(event("1", "09:00", status="new"))
    for days, left in ((29, 1), (2, 0)):
        sender.pass_(days=days)
        run = Run(Job.objects.create(name=f"clean {days}", kind="clean"), lambda: sender.now)
        jobs.KINDS["clean"].work(run)
        assert Arrival.objects.count() == left


class TestHaste:
    """A job is moved forward, not before a pause since it began."""

    def test_one_that_rested_is_due_now_and_one_that_did_not_after_its_pause(self, job: Job) -> None:
        for begun, due in ((60, 0), (15, 0), (5, 10)):
            Job.objects.update(begun_at=MONDAY - timedelta(seconds=begun), due_at=MONDAY + timedelta(minutes=4))
            queue.hasten(job.name, now=MONDAY, pause=PAUSE)
            job.refresh_from_db()
            assert job.due_at == MONDAY + timedelta(seconds=due)

    def test_one_that_is_due_earlier_stays_so(self, job: Job) -> None:
        queue.hasten(job.name, now=MONDAY + timedelta(minutes=1), pause=PAUSE)
        job.refresh_from_db()
        assert job.due_at == MONDAY

    def test_one_that_is_being_done_is_done_once_more_after_its_pause(self, shift: Shift, job: Job) -> None:
        def work(run: Run) -> Outcome:
            for _ in range(3):
                shift.pass_(seconds=2)
                queue.hasten(job.name, now=shift.now, pause=PAUSE)
            return Outcome()

        shift.work = work
        assert shift.worker().work_one()
        assert not shift.worker().work_one()
        job.refresh_from_db()
        assert job.due_at == MONDAY + PAUSE
        shift.work = lambda _run: Outcome()
        shift.pass_(seconds=9)
        assert shift.worker().work_one()
        assert shift.done == [job.name] * 2
        job.refresh_from_db()
        assert job.due_at == shift.now + timedelta(minutes=5)
