"""Keeps a backup of this state of the code: a small installation with something in every table.

`make landed NAME=0002-calendars` writes tests/upgrade/backups/0002-calendars.zip. Whoever lands a state whose tables or
facts differ from the newest backup there adds one; every later state is tested to bring it up to itself.
"""

# ruff: noqa: E402 - models can be imported when Django is set up, which needs a data folder

import os
import sys
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command

folder = tempfile.TemporaryDirectory(prefix="milepost-landed-")
os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
os.environ["MILEPOST_DATA"] = folder.name
# The key of an installation does not belong into the repository.
os.environ["MILEPOST_SECRET_KEY"] = "signs nothing"  # noqa: S105 - as it says
os.environ.pop("MILEPOST_DATABASE", None)
django.setup()

from milepost.account import actions as account
from milepost.calendars.periods import Duration
from milepost.goals import actions as goals
from milepost.goals import drafts
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED, RESPONSE, GoalTemplate
from milepost.goals.models import SavedView, Target
from milepost.people import actions as people
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role
from milepost.progress.measure import refresh
from milepost.sources import sync

ROOT = Path(__file__).resolve().parents[1]
TABLE = """id,created,first_reply,resolved,agent,team
1,2026-01-05 09:00,2026-01-05 09:10,2026-01-05 11:00,Celina,Frontline
2,2026-01-06 09:00,2026-01-06 09:20,2026-01-06 12:00,Dawid,Frontline
3,2026-01-07 09:00,2026-01-07 09:05,2026-01-07 09:30,Celina,Frontline
4,2026-02-02 09:00,2026-02-02 09:30,2026-02-02 10:00,Ewa,Billing
5,2026-02-03 09:00,2026-02-03 10:00,,,Billing
6,yesterday,,,Ewa,Billing
"""
FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=UTC)
APRIL = datetime(2026, 4, 10, 9, tzinfo=UTC)


def main() -> None:
    """Make the installation, and its backup."""
    file = ROOT / f"tests/upgrade/backups/{sys.argv[1]}.zip"
    with folder:
        table = Path(folder.name) / "tickets.csv"
        table.write_text(TABLE, encoding="utf-8")
        call_command("import", table, mapping=ROOT / "docs/examples/ticket-table.yaml")
        fill()
        call_command("backup", file)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


def fill() -> None:
    """Goals of the cast, a changed target, a draft, a view, somebody who left, and measurements of what has ended."""
    anna = people.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER, by=None, now=FEBRUARY)
    account.change(by=anna, now=FEBRUARY, exceeded_above=110)
    celina, dawid = (Person.objects.get(name=name) for name in ("Celina", "Dawid"))
    frontline = Team.objects.get(name="Frontline")
    people.lead(celina, frontline, since=FEBRUARY, by=anna, now=FEBRUARY)
    people.join(dawid, frontline, since=FEBRUARY, until=APRIL, by=anna, now=FEBRUARY)
    set_goal(CLOSED, Decimal(2), frontline, celina, dawid, by=anna)
    set_goal(RESPONSE, Decimal(1800), frontline, celina, dawid, by=anna)
    drafts.start({"name": "Reply sooner"}, user=anna, now=FEBRUARY)
    SavedView.objects.create(user=anna, name="Missed", query="status=missed", created_at=FEBRUARY)
    refresh(store=sync.store(), now=FEBRUARY)
    people.deactivate(dawid, by=anna, now=FEBRUARY, reason="Dawid moved to Sales.")
    refresh(store=sync.store(), now=APRIL)


def set_goal(template: GoalTemplate, value: Decimal, team: Team, lead: Person, member: Person, *, by: User) -> None:
    """A goal over January to March, whose target for the lead is raised in February."""
    goal = goals.create(
        NewGoal(
            name=template.name,
            template=template.key,
            measure=template.measure,
            duration=Duration.MONTHLY,
            first_day=date(2026, 1, 1),
            after_day=date(2026, 4, 1),
            zone=ZoneInfo("Europe/Warsaw"),
            form_key=uuid4(),
            teams=[team],
            persons=[lead, member],
            value=value,
        ),
        by=by,
        now=FEBRUARY,
    )
    running = Target.objects.get(contributor__goal=goal, contributor__person=lead, milestone__ordinal=1)
    goals.set_target(running, value * 2, reason="Celina is back.", by=by, now=FEBRUARY)


if __name__ == "__main__":
    main()
