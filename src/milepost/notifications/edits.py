"""Edits of targets and of notes: history, written with each of them, is the outbox that they are told from."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from milepost.goals.models import Target
from milepost.history.models import Change
from milepost.notifications.decide import News
from milepost.notifications.kinds import Kind
from milepost.notifications.models import HeardChange
from milepost.notifications.numbers import Edit, Numbers
from milepost.notifications.outbox import Told

# An edit that nobody looked at for so long is no news any more.
LOOKED_BACK: Final = timedelta(days=14)
CHUNK: Final = 1_000
ABOUT: Final = Q(thing_kind="target", verb="set") | Q(thing_kind="goal", verb="noted")


def unheard(*, since: datetime, now: datetime) -> list[Told]:
    """What the edits tell that were made since then and not looked at yet; they are looked at now."""
    heard = HeardChange.objects.filter(change=OuterRef("pk"))
    changes = Change.objects.filter(ABOUT, ~Exists(heard), at__gte=max(since, now - LOOKED_BACK), at__lte=now)
    found = list(changes.order_by("pk")[:CHUNK])
    HeardChange.objects.bulk_create(HeardChange(change=one.pk, at=one.at) for one in found)
    return [*_of_targets([one for one in found if one.thing_kind == "target"]), *_of_notes(found, now)]


def forget(*, now: datetime) -> None:
    """Edits that are not looked at any more need not be remembered as heard."""
    HeardChange.objects.filter(at__lte=now - LOOKED_BACK).delete()


def _of_targets(changes: Iterable[Change]) -> Iterator[Told]:
    about = {int(change.thing_id): change for change in changes}
    targets = _there().in_bulk(list(about))
    for change in changes:
        target = targets.get(int(change.thing_id))
        if target is not None:
            before, after = _value(change.before), _value(change.after)
            edit = Edit(change.actor_name, change.reason, before, after)
            yield _told(target, change, edit)


def _of_notes(changes: Iterable[Change], now: datetime) -> Iterator[Told]:
    """A note is told of the milestone that runs, or of the next one."""
    notes = {int(change.thing_id): change for change in changes if change.thing_kind == "goal"}
    if not notes:
        return
    coming = _there().filter(contributor__goal__in=notes, milestone__end__gt=now).order_by("milestone__ordinal", "pk")
    told: set[int] = set()
    for target in coming:
        if target.contributor_id not in told:
            told.add(target.contributor_id)
            change = notes[target.contributor.goal_id]
            yield _told(
                target, change, Edit(change.actor_name, change.reason, note=(change.after or {}).get("note", ""))
            )


def _there() -> Any:
    there = Target.objects.filter(contributor__removed_at__isnull=True, contributor__goal__archived_at__isnull=True)
    return there.select_related("milestone", "contributor__goal", "contributor__person", "contributor__team")


def _told(target: Target, change: Change, edit: Edit) -> Told:
    return Told(target, News(Kind.EDITED, str(change.pk)), Numbers(wished=target.value, edit=edit), by=change.actor_id)


def _value(kept: Mapping[str, Any] | None) -> Decimal | None:
    value = (kept or {}).get("value")
    return None if value is None else Decimal(value)
