"""A program beside the product: takes what was sent to the source “desk” into the facts, a few at a time, until killed.

It has no lease, so that two of them and the product's own worker think at once that the work is theirs.
"""

import os
from threading import Event
from typing import Final
from zoneinfo import ZoneInfo

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
django.setup()

from milepost.base import clock  # noqa: E402 - models can be imported when Django is set up
from milepost.sources import taking  # noqa: E402 - as above
from milepost.sources.models import Source  # noqa: E402 - as above
from milepost.tickets.store import Busy  # noqa: E402 - as above

FEW: Final = 8
PAUSE: Final = 0.02

pause = Event()
# Many small steps, so that a kill may fall between any two.
setattr(taking, "LOOKED_AT", FEW)  # noqa: B010 - a constant of the product
while not pause.wait(PAUSE):
    try:
        taking.take(Source.objects.get(slug="desk"), clock=clock.now, zone=ZoneInfo("UTC"))
    except Busy:
        continue
