"""The outbox: what is told, to whom, and with which message it leaves. Written in the transaction of the change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from milepost.goals import notices as choices
from milepost.goals.models import Target
from milepost.goals.notices import Audience
from milepost.notifications import preferences
from milepost.notifications.audience import Directory, Recipient
from milepost.notifications.channels import mail
from milepost.notifications.decide import News
from milepost.notifications.kinds import VERDICTS, Kind, chosen_as
from milepost.notifications.models import Delivery, Hook, Notice
from milepost.notifications.numbers import Numbers
from milepost.people.models import User
from milepost.sources import apart

# What comes up within half an hour leaves in one message.
TOGETHER: Final = timedelta(minutes=30)
# Nobody hears of a miss from somebody else.
LATER: Final = timedelta(days=1)
CHUNK: Final = 1_000


@dataclass(frozen=True)
class Told:
    """Something to tell of a target, with the numbers of this moment."""

    target: Target
    news: News
    numbers: Numbers
    # Who did it, by key: they know.
    by: int | None = None


def tell(told: Sequence[Told], *, now: datetime) -> int:
    """Tell everybody who should know, once; how many notices were written.

    Of demo data nothing leaves the house: no e-mail, no post to a hook. The targets come with milestone, goal and
    contributor.
    """
    written, stays_here = 0, apart.is_demo_here()
    for first in range(0, len(told), CHUNK):
        chunk = told[first : first + CHUNK]
        fresh = _fresh([*_to_users(chunk, now), *([] if stays_here else _to_hooks(chunk, now))])
        _take_back([one for one in fresh if one.kind == Kind.CORRECTED.value], now)
        if not stays_here:
            _with_deliveries(fresh, now)
        Notice.objects.bulk_create(fresh, batch_size=CHUNK)
        written += len(fresh)
    return written


def _to_users(told: Sequence[Told], now: datetime) -> Iterator[Notice]:
    contributors = {one.target.contributor_id: one.target.contributor for one in told}
    directory = Directory.load(contributors.values(), now=now)
    heard = {(target, user) for target, user, _hook in _heard_a_verdict(told)}
    for one in told:
        kept = one.target.contributor.goal.notices if one.target.notices is None else one.target.notices
        switch = chosen_as(one.news.kind)
        audiences: Iterable[Audience] = Audience if switch is None else choices.from_json(kept)[switch]
        for to in directory.recipients(one.target.contributor, audiences):
            if to.user.pk != one.by and (switch is not None or (one.target.pk, to.user.pk) in heard):
                yield _notice(one, to, now)


def _heard_a_verdict(told: Sequence[Told]) -> set[tuple[int, int | None, int | None]]:
    """Who hears a correction: users and hooks that were told the verdict before, by target."""
    corrected = [one.target.pk for one in told if one.news.kind is Kind.CORRECTED]
    if not corrected:
        return set()
    verdicts = Notice.objects.filter(target__in=corrected, kind__in=VERDICTS)
    return set(verdicts.values_list("target", "user", "hook"))


def _notice(told: Told, to: Recipient, now: datetime) -> Notice:
    waits = told.news.kind is Kind.MISSED and to.audience is not Audience.PERSON
    return Notice(
        user=to.user,
        audience=to.audience.value,
        visible_at=now + LATER if waits else now,
        **_common(told, now),
    )


def _to_hooks(told: Sequence[Told], now: datetime) -> Iterator[Notice]:
    """Results of teams alone; a miss a day later, as everybody but the team hears it."""
    heard = {(target, hook) for target, _user, hook in _heard_a_verdict(told)}
    for hook in Hook.objects.filter(switched_off_at__isnull=True).prefetch_related("teams"):
        teams = {team.pk for team in hook.teams.all()}
        for one in told:
            team, kind = one.target.contributor.team_id, one.news.kind
            wanted = (one.target.pk, hook.pk) in heard if kind is Kind.CORRECTED else kind.value in hook.kinds
            if wanted and team is not None and (not teams or team in teams):
                visible_at = now + LATER if kind is Kind.MISSED else now
                yield Notice(hook=hook, visible_at=visible_at, **_common(one, now))


def _take_back(corrections: Iterable[Notice], now: datetime) -> None:
    """Whoever was still to hear a result hears only what it came to."""
    targets = {one.target_id for one in corrections}
    if targets:
        Notice.objects.filter(target__in=targets, kind__in=VERDICTS, visible_at__gt=now).delete()


def _common(told: Told, now: datetime) -> dict[str, object]:
    return {
        "target": told.target,
        "milestone": told.target.milestone,
        "kind": told.news.kind.value,
        "occasion": told.news.occasion,
        "numbers": told.numbers.to_json(),
        "decided_at": now,
        "until": told.news.until,
    }


def _fresh(notices: Sequence[Notice]) -> list[Notice]:
    """Those that were never told. Whoever decides holds the watch, so nobody tells them meanwhile."""
    targets = {one.target_id for one in notices}
    columns = "user", "hook", "target", "milestone", "kind", "occasion"
    there = set(Notice.objects.filter(target__in=targets).values_list(*columns))
    return [one for one in notices if _key(one) not in there]


def _key(one: Notice) -> tuple[int | None, int | None, int, int, str, str]:
    return one.user_id, one.hook_id, one.target_id, one.milestone_id, one.kind, one.occasion


def _with_deliveries(notices: Sequence[Notice], now: datetime) -> None:
    """Let each leave with a message: with one that is waiting to leave, or a new one."""
    users = {one.user_id for one in notices if one.user_id is not None}
    wants = preferences.wants_of(users)
    open_ = _Open.load(users, {one.hook_id for one in notices if one.hook_id is not None}, now)
    for one in notices:
        if one.hook_id is not None:
            one.delivery = open_.for_hook(one, now)
        elif one.user_id is not None and _is_mailed(one, wants[one.user_id]):
            one.delivery = open_.for_user(one, wants[one.user_id], now)


def _is_mailed(notice: Notice, wants: preferences.Wants) -> bool:
    """Results of one person are mailed to nobody but the person and whoever leads them."""
    own = notice.target.contributor.team_id is not None or notice.audience != Audience.MANAGER.value
    wished = wants.mail and Kind(notice.kind) not in wants.not_mailed
    # The digest brings the weekly progress to whoever gets it.
    doubled = notice.kind == Kind.WEEKLY_PROGRESS.value and wants.digest
    return own and wished and not doubled and mail.is_set_up()


@dataclass
class _Open:
    """The messages that wait to leave."""

    users: dict[int, list[Delivery]]
    hooks: dict[int, list[Delivery]]

    @classmethod
    def load(cls, users: set[int], hooks: set[int], now: datetime) -> "_Open":
        # Held, so that none of them leaves before what joins it is written.
        waiting = Delivery.objects.select_for_update(of=("self",)).filter(
            sent_at__isnull=True, dropped_at__isnull=True, attempts=0, due_at__gt=now, digests__isnull=True
        )
        found = cls(defaultdict(list), defaultdict(list))
        for one in waiting.filter(user__in=users):
            found.users[one.user_id or 0].append(one)
        for one in waiting.filter(hook__in=hooks):
            found.hooks[one.hook_id or 0].append(one)
        return found

    def for_user(self, notice: Notice, wants: preferences.Wants, now: datetime) -> Delivery:
        due_at = wants.quiet.leaves(max(notice.visible_at, now) + TOGETHER)
        return _joined(self.users[notice.user_id or 0], notice, due_at, now, user=notice.user)

    def for_hook(self, notice: Notice, now: datetime) -> Delivery:
        return _joined(self.hooks[notice.hook_id or 0], notice, notice.visible_at, now, hook=notice.hook)


def _joined(
    waiting: list[Delivery], notice: Notice, due_at: datetime, now: datetime, **to: User | Hook | None
) -> Delivery:
    """A message that leaves after the notice may be seen, and no later than it would leave alone; else a new one."""
    for one in waiting:
        if notice.visible_at <= one.due_at <= due_at:
            return one
    fresh = Delivery.objects.create(message_id=uuid4(), opened_at=now, due_at=due_at, **to)
    waiting.append(fresh)
    return fresh
