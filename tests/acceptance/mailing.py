"""A program beside the product: people who are to be told, told by the product's own worker.

mailing.py prepare NUMBER  that many agents of two goals, of which one was looked at half an hour ago
mailing.py work            says so and works until it is killed
mailing.py tell            what became of it, as JSON
"""

import json
import os
import signal
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
django.setup()

from milepost.base import clock  # noqa: E402 - models can be imported when Django is set up
from milepost.calendars.periods import Duration  # noqa: E402 - as above
from milepost.goals import actions as goals  # noqa: E402 - as above
from milepost.goals.actions import NewGoal  # noqa: E402 - as above
from milepost.goals.goal_templates import CLOSED  # noqa: E402 - as above
from milepost.goals.models import Goal  # noqa: E402 - as above
from milepost.notifications import watch  # noqa: E402 - as above
from milepost.notifications.models import Delivery, Notice, Preference  # noqa: E402 - as above
from milepost.people import actions as people  # noqa: E402 - as above
from milepost.people.models import Person, User  # noqa: E402 - as above
from milepost.people.roles import Role  # noqa: E402 - as above
from milepost.worker.jobs import KINDS  # noqa: E402 - as above
from milepost.worker.loop import Worker  # noqa: E402 - as above
from milepost.worker.models import Job  # noqa: E402 - as above

# Longer than a busy machine lets a worker wait: what is taken from a living one would come twice.
LEASE: Final = timedelta(seconds=8)
PAUSE: Final = timedelta(milliseconds=50)


def prepare(number: int) -> None:
    """Half of what is to be told is on its way; the rest is still to be seen by the workers."""
    now, earlier = clock.now(), clock.now() - timedelta(minutes=31)
    anna = people.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER, by=None, now=now)
    persons = [people.create_person(f"Agent {one}", by=None, now=now) for one in range(number)]
    for one, person in enumerate(persons):
        address = f"agent-{one}@example.org"
        user = people.create_user(address, None, name=person.name, role=Role.AGENT, person=person, by=None, now=now)
        Preference.objects.create(user=user, quiet_from=time(8), quiet_until=time(8), digest=False)
    watch.look(Goal.objects.none(), now=earlier)
    publish("First", persons, anna, now)
    watch.look(Goal.objects.all(), now=earlier)
    publish("Second", persons, anna, now)
    Job.objects.bulk_create(Job(name=name, kind=name, due_at=now) for name in ("notice", "mail"))


def publish(name: str, persons: list[Person], by: User, now: datetime) -> None:
    """A yearly goal of all of them."""
    year = now.astimezone(UTC).year
    new = NewGoal(
        name=name,
        measure=CLOSED.measure,
        duration=Duration.YEARLY,
        first_day=date(year, 1, 1),
        after_day=date(year + 1, 1, 1),
        zone=ZoneInfo("UTC"),
        form_key=uuid4(),
        persons=persons,
        value=Decimal(1),
    )
    goals.create(new, by=by, now=now)


def work() -> None:
    """Tell and send, as the product does."""
    kinds = {key: KINDS[key] for key in ("notice", "mail")}
    worker = Worker(kinds, lease=LEASE, pause=PAUSE)
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    worker.work()


def tell() -> None:
    """How many notices users have; how many letters left; how many of those that are due did not."""
    notices = Counter(Notice.objects.values_list("user", flat=True))
    due = Delivery.objects.filter(due_at__lte=clock.now())
    told = {
        "notices": dict(Counter(notices.values())),
        "sent": due.filter(sent_at__isnull=False).count(),
        "waiting": due.filter(sent_at__isnull=True).count(),
        "later": Delivery.objects.filter(due_at__gt=clock.now()).count(),
        "asking": Job.objects.filter(needs_person_since__isnull=False).count(),
    }
    sys.stdout.write(json.dumps(told))


match sys.argv[1:]:
    case ["prepare", number]:
        prepare(int(number))
    case ["work"]:
        work()
    case ["tell"]:
        tell()
