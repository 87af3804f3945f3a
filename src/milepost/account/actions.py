"""Changing the settings."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction

from milepost.account.models import THE_ACCOUNT, Account
from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor, record


@transaction.atomic
def change(*, by: Actor | None, now: datetime, reason: str = "", **settings: Any) -> Account:
    """Set these settings and keep what they were; refuses a value that is out of its bounds."""
    account = Account.objects.select_for_update().filter(pk=THE_ACCOUNT).first() or the_account()
    before = {name: getattr(account, name) for name in settings}
    for name, value in settings.items():
        setattr(account, name, value)
    try:
        ZoneInfo(account.zone)
        account.full_clean(validate_unique=False)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused(gettext_noop("“%(zone)s” is not a time zone."), zone=account.zone) from error
    except ValidationError as error:
        raise Refused(gettext_noop("This setting is out of its bounds: %(error)s"), error=error.messages[0]) from error
    account.save()
    record("changed", account, by=by, now=now, before=before, after=settings, reason=reason)
    return account
