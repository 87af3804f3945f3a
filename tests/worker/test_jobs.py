"""The recurring work of the product: what is read is calculated, days that were slept through have their snapshots."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from pytest_django.fixtures import Settings

from milepost.calendars.periods import Duration
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Draft, Goal, Target
from milepost.notifications.models import Delivery, Notice
from milepost.people.models import Person
from milepost.progress.models import Measurement, Snapshot
from milepost.sources import folders
from milepost.sources.models import Source, Sync
from milepost.tickets.store import manifest
from milepost.tickets.store.lock import writing
from milepost.worker import jobs
from milepost.worker.kinds import Kind
from milepost.worker.loop import Worker
from milepost.worker.models import Job
from milepost.worker.runs import Outcome, Run
from tests.cast import Cast

MAPPING = Path(__file__).resolve().parents[2] / "docs/examples/ticket-table.yaml"
HEADER = "id,created,first_reply,resolved,agent,team\n"
NUMBERS = ("sync", "refresh", "clean")
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class House:
    """An installation with a watched folder, and its worker, who is awake when the test says so."""

    exports: Path
    cast: Cast
    now: datetime = MARCH

    def works(self, *kinds: str) -> list[str]:
        """The worker does all there is to do now, of these kinds or to the numbers; the jobs it did, in order."""
        done: list[str] = []

        def noted(kind: Kind) -> Kind:
            def work(run: Run) -> Outcome:
                done.append(run.job.name)
                return kind.work(run)

            return replace(kind, work=work)

        noting = {key: noted(jobs.KINDS[key]) for key in kinds or NUMBERS}
        worker = Worker(noting, plan=jobs.plan, now=lambda: self.now)
        while worker.work_one():
            pass
        return done

    def passes(self, **time: float) -> list[str]:
        """Time goes on, and the worker works."""
        self.now += timedelta(**time)
        return self.works()

    def solves(self, *moments: str) -> None:
        """Celina solves a ticket at each of these moments, on the clocks of Warsaw."""
        rows = (f"{number},{moment},,{moment},Celina,Frontline\n" for number, moment in enumerate(moments))
        (self.exports / "tickets.csv").write_text(HEADER + "".join(rows))

    def goal(
        self, zone: str = "Europe/Warsaw", *, first: date = date(2026, 3, 1), after: date = date(2026, 5, 1)
    ) -> Goal:
        """Celina is to solve twenty tickets a month."""
        celina = Person.objects.filter(name="Celina", identities__isnull=False).get()
        new = NewGoal(
            name=zone,
            measure=CLOSED.measure,
            duration=Duration.CUSTOM,
            first_day=first,
            after_day=after,
            zone=ZoneInfo(zone),
            form_key=uuid4(),
            persons=[celina],
            value=Decimal(20),
        )
        return actions.create(new, by=self.cast.anna, now=self.now)

    @staticmethod
    def snapshots(goal: Goal) -> dict[str, int | None]:
        """What was measured on each day."""
        rows = Snapshot.objects.filter(target__contributor__goal=goal).order_by("day")
        return {f"{row.day:%m-%d}": row.numerator for row in rows}


@pytest.fixture
def house(tmp_path: Path, settings: Settings, cast: Cast) -> House:
    settings.DATA_FOLDER = tmp_path / "data"
    settings.FACTS_FOLDER = tmp_path / "data/facts"
    exports = tmp_path / "exports"
    exports.mkdir()
    folders.watch(exports, MAPPING, slug="desk", name="Help desk", now=MARCH)
    return House(exports, cast)


def test_a_new_installation_has_all_its_jobs_and_does_them_at_once(house: House) -> None:
    assert sorted(house.works(*jobs.KINDS)) == ["clean", "mail", "notice", "refresh", "sync:desk"]
    assert house.works(*jobs.KINDS) == []


def test_what_is_read_is_calculated_within_five_minutes(house: House) -> None:
    house.solves("2026-03-02 08:00")
    house.works()
    house.passes(seconds=15)
    goal = house.goal()
    house.solves("2026-03-02 08:00", "2026-03-02 09:30")
    assert house.passes(minutes=5) == ["sync:desk"]
    assert house.passes(seconds=15) == ["sync:desk", "refresh"]
    row = Measurement.objects.get(target__contributor__goal=goal)
    assert (row.numerator, row.measured_at) == (2, house.now)
    assert house.passes(minutes=5) == ["sync:desk"]


def test_what_is_calculated_is_told_with_it_once(house: House) -> None:
    house.works("refresh", "notice")
    house.solves("2026-03-02 08:00")
    house.works()
    house.passes(seconds=15)
    goal = house.goal()
    goal.notices = {"achieved": ["manager"]}
    goal.save()
    house.solves(*(f"2026-03-02 {hour:02}:00" for hour in range(1, 21)))
    house.passes(minutes=5)
    house.passes(seconds=15)
    Target.objects.filter(contributor__goal=goal).update(value=10)
    house.passes(hours=1)
    told = list(Notice.objects.values_list("user__name", "kind", "decided_at"))
    assert told == [("Anna", "achieved", Measurement.objects.get(target__contributor__goal=goal).measured_at)]
    house.works("notice")
    house.passes(hours=1)
    assert Notice.objects.count() == 1


def test_a_mail_server_that_is_away_makes_the_job_say_so_and_messages_wait(house: House, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    Delivery.objects.create(user=house.cast.anna, message_id=uuid4(), opened_at=MARCH, due_at=MARCH)
    house.solves("2026-03-02 08:00")
    house.works()
    house.passes(seconds=15)
    goal = house.goal()
    target = Target.objects.filter(contributor__goal=goal)[0]
    Notice.objects.create(
        user=house.cast.anna,
        target=target,
        milestone=target.milestone,
        kind="kickoff",
        occasion="1",
        decided_at=MARCH,
        visible_at=MARCH,
        delivery=Delivery.objects.get(),
    )
    assert house.works("mail") == ["mail"]
    job = Job.objects.get(name="mail")
    assert job.error % job.error_values == (
        "Messages cannot be sent: ConnectionRefusedError. They are kept and tried again."
    )
    assert Delivery.objects.filter(sent_at=None, dropped_at=None).count() == 1


def test_where_nothing_changes_all_goals_are_calculated_every_hour(house: House) -> None:
    house.works()
    times = [done for _ in range(12 * 4) if "refresh" in (done := house.passes(minutes=5))]
    assert len(times) == 4


def test_while_another_import_writes_the_sync_waits_and_has_not_failed(house: House, tmp_path: Path) -> None:
    house.solves("2026-03-02 08:00")
    house.works()
    with writing(tmp_path / "data/facts"):
        assert house.passes(seconds=15) == ["sync:desk"]
    job = Job.objects.get(name="sync:desk")
    assert (job.attempts, job.due_at) == (0, house.now + timedelta(seconds=15))
    assert house.passes(seconds=15) == ["sync:desk", "refresh"]


def test_after_an_upgrade_the_facts_are_made_anew_before_they_are_asked(house: House, tmp_path: Path) -> None:
    begin(house)
    facts = tmp_path / "data/facts"
    held = manifest.read(facts)
    older = {slug: replace(source, version=manifest.FACTS - 1) for slug, source in held.sources.items()}
    manifest.replace(facts, replace(held, sources=older))
    assert "refresh" in house.passes(hours=1)
    assert Job.objects.get(name="refresh").error == ""
    assert {source.version for source in manifest.read(facts).sources.values()} == {manifest.FACTS}


def test_a_bad_file_is_complained_of_and_the_folder_is_read_on(house: House) -> None:
    (house.exports / "bad.csv").write_text("a,b\n1,2\n")
    house.works()
    house.passes(seconds=15)
    job = Job.objects.get(name="sync:desk")
    assert "bad.csv could not be read" in job.error % job.error_values
    assert (job.attempts, job.due_at) == (0, house.now + timedelta(minutes=5))


def test_a_source_that_is_disconnected_is_read_no_more(house: House) -> None:
    house.works()
    Source.objects.update(disconnected_at=house.now)
    assert "sync:desk" not in house.passes(days=1)
    assert not Job.objects.filter(name="sync:desk").exists()


def days(first: date, count: int) -> list[str]:
    """So many days on end."""
    return [f"{first + timedelta(days=number):%m-%d}" for number in range(count)]


def begin(house: House) -> None:
    """Celina solves a ticket at noon of every other day from 1 March to 29 April."""
    moments = [date(2026, 3, 1) + timedelta(days=2 * number) for number in range(30)]
    house.solves(*(f"{moment} 12:00" for moment in moments))
    house.now = datetime(2026, 3, 26, 9, tzinfo=UTC)
    house.works()
    house.passes(seconds=15)


def test_every_day_has_one_snapshot_as_of_its_end_over_the_night_that_lacks_an_hour(house: House) -> None:
    begin(house)
    goal = house.goal()
    for _ in range(4 * 5):
        house.passes(hours=6)
    # Solved at noon of the 27th, the 29th and the 31st.
    assert house.snapshots(goal) == dict(zip(days(date(2026, 3, 26), 6), [13, 14, 14, 15, 15, 15], strict=True))


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_machine_that_slept_has_the_snapshots_of_one_that_ran(house: House, zone: str) -> None:
    begin(house)
    goal = house.goal(zone)
    for _ in range(3 * 4):
        house.passes(hours=8)
    of_one_that_ran = house.snapshots(goal)
    Snapshot.objects.all().delete()
    Job.objects.filter(name="refresh").update(done_at=house.now - timedelta(days=4), due_at=house.now)
    house.works()
    assert house.snapshots(goal) == of_one_that_ran
    assert len(of_one_that_ran) == 5


def test_after_a_sleep_the_newest_calculation_is_the_one_that_counts(house: House) -> None:
    begin(house)
    goal = house.goal()
    house.works()
    house.passes(days=9)
    row = Measurement.objects.get(target__contributor__goal=goal)
    assert (row.measured_at, row.numerator) == (house.now, 17)
    assert len(house.snapshots(goal)) == 10


def test_a_goal_has_no_snapshot_of_days_before_it_was_made(house: House) -> None:
    begin(house)
    house.passes(days=3)
    goal = house.goal()
    house.passes(hours=1)
    assert list(house.snapshots(goal)) == ["03-29"]


def test_the_snapshots_of_a_milestone_that_has_ended_stay(house: House) -> None:
    begin(house)
    goal = house.goal(after=date(2026, 3, 28))
    house.passes(days=10)
    assert house.snapshots(goal) == {"03-26": 13, "03-27": 14}


@pytest.mark.parametrize(("before", "kept"), [(timedelta(days=89), True), (timedelta(days=91), False)])
def test_refused_rows_are_kept_for_ninety_days(house: House, before: timedelta, kept: bool) -> None:  # noqa: FBT001 - a parameter
    file = house.exports.parent / "data/rejects/desk.csv"
    file.parent.mkdir(parents=True)
    file.touch()
    moment = (house.now - before).timestamp()
    os.utime(file, (moment, moment))
    house.works()
    assert file.exists() == kept


def test_drafts_sessions_and_old_syncs_go_when_their_time_has_come(house: House) -> None:
    def ago(days: int) -> datetime:
        return house.now - timedelta(days=days)

    for days_ago in (29, 31):
        Draft.objects.create(key=uuid4(), user=house.cast.anna, data={}, saved_at=ago(days_ago))
    for key, until in (("over", ago(1)), ("open", ago(-1))):
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    source = Source.objects.get()
    for days_ago in (300, 200, 100):
        Sync.objects.create(source=source, started_at=ago(days_ago), finished_at=ago(days_ago), what="tickets.csv")
    house.works()
    assert [draft.saved_at for draft in Draft.objects.all()] == [ago(29)]
    assert [session.session_key for session in Session.objects.all()] == ["open"]
    assert [sync.started_at for sync in Sync.objects.all()] == [ago(100)]
