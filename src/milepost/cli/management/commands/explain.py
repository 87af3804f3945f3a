"""milepost explain: which tickets made a number."""

from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.cli import arguments, explained, measured
from milepost.cli.command import MilepostCommand
from milepost.goals.models import Goal, Target
from milepost.metrics import engine
from milepost.metrics.explain import Page
from milepost.metrics.metric import Hours
from milepost.metrics.presets import preset
from milepost.metrics.question import By, Question, Window
from milepost.metrics.stints import Stint
from milepost.people.models import Team
from milepost.progress import explain
from milepost.sources import memberships, sync

SIZE = 50


class Command(MilepostCommand):
    """Prints the tickets that count, then those that do not, each with its reason."""

    help = "List the tickets that are counted in a number and those that are not, and say why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A target, or what is measured of whom and when."""
        parser.add_argument("--target", type=int, help="the number of a target, as its page and the API tell it")
        parser.add_argument("--metric", help="for example tickets_closed or average_response_time")
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--agent", help="the name of an agent in the help desk")
        who.add_argument("--team", help="the name of a group in the help desk, or of a team by membership")
        arguments.team_by(parser)
        parser.add_argument("--from", dest="first", type=arguments.day, help="first day")
        parser.add_argument("--to", dest="last", type=arguments.day, help="last day, included")
        arguments.narrow(parser)
        parser.add_argument("--page", type=int, default=1, help=f"which {SIZE} of them, from 1")
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table")

    def run(self, **options: Any) -> None:
        """Find what is asked and print the list."""
        if options["page"] < 1:
            raise Refused(gettext_noop("Pages are counted from 1."))
        now, first = clock.now(), (options["page"] - 1) * SIZE
        if options["target"] is not None:
            page = explain.explained(_target(options["target"]), store=sync.store(), now=now, first=first, size=SIZE)
        else:
            page = _asked(options, now=now, first=first)
        explained.write(self.stdout, page, options["format"], ZoneInfo(the_account().zone))


def _target(number: int) -> Target:
    found = Target.objects.select_related("contributor__goal", "milestone").filter(pk=number).first()
    if found is None:
        raise NotFound(gettext_noop("There is no target %(number)s."), number=number)
    return found


def _asked(options: dict[str, Any], *, now: datetime, first: int) -> Page:
    by = By.AGENT if options["agent"] is not None else By.TEAM
    name = options[by.value]
    missing = [one for one in ("metric", "first", "last") if options[one] is None]
    if missing or name is None:
        raise Refused(gettext_noop("Give --target, or --metric with --agent or --team, --from and --to."))
    store = sync.store()
    by_membership = by is By.TEAM and options["team_by"] == Goal.TeamBy.MEMBERSHIP
    stints = _memberships(name) if by_membership else ()
    members = {} if by_membership else dict.fromkeys(store.numbers(by.value, {name}), 0)
    if not members and not stints:
        raise Refused(gettext_noop("No ticket has the %(kind)s “%(text)s”."), kind=by.value, text=name)
    measure = preset(options["metric"], Hours(options["hours"]), within=options["within"], days=options["days"])
    conditions = tuple(measured.conditions(store, options))
    by = By.AGENT if by_membership else by
    question = Question(measure, by, (_window(options["first"], options["last"]),), members, conditions, stints)
    return engine.explained(store, question, now=now, first=first, size=SIZE)


def _memberships(name: str) -> tuple[Stint, ...]:
    """Who was in the team when."""
    team = Team.objects.filter(name=name).first()
    found = () if team is None else tuple(one for one in memberships.stints() if one.group == team.pk)
    if not found:
        raise Refused(gettext_noop("No agent of a help desk was ever in a team “%(team)s”."), team=name)
    return found


def _window(first: date, last: date) -> Window:
    if last < first:
        raise Refused(gettext_noop("The end date is before the start date."))
    zone = ZoneInfo(the_account().zone)
    moments = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    return Window(0, *(int(moment.timestamp()) for moment in moments))
