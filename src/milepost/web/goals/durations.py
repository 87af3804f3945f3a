"""How durations are called on goals."""

from typing import Final

from django.utils.translation import pgettext_lazy

from milepost.calendars.periods import Duration

DURATIONS: Final = {
    Duration.WEEKLY: pgettext_lazy("duration of a goal", "Weekly"),
    Duration.MONTHLY: pgettext_lazy("duration of a goal", "Monthly"),
    Duration.QUARTERLY: pgettext_lazy("duration of a goal", "Quarterly"),
    Duration.YEARLY: pgettext_lazy("duration of a goal", "Yearly"),
    Duration.CUSTOM: pgettext_lazy("duration of a goal", "Custom"),
}
