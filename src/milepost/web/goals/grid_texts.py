"""Everything the script of the grid says, in the language of the reader. The script fills the named places."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# A number for each form that a plural has in one of our languages, by the name that browsers give the form.
FORMS: Final = {"one": 1, "few": 2, "many": 5, "other": 100}


def texts() -> dict[str, str | dict[str, str]]:
    """Sentences by name; where something is counted, one for each form that the number can have."""
    return {
        "selected": _forms(
            lambda n: ngettext(
                "%(count)s cell (%(rows)s × %(columns)s)",
                "%(count)s cells (%(rows)s × %(columns)s)",
                n,
            )
        ),
        "ticked": _forms(lambda n: ngettext("%(count)s row ticked", "%(count)s rows ticked", n)),
        "set": _("%(count)s of %(all)s targets set"),
        "mistakes": _forms(lambda n: ngettext("%(count)s target needs a look.", "%(count)s targets need a look.", n)),
        "changed": _forms(lambda n: ngettext("%(count)s cell changed.", "%(count)s cells changed.", n)),
        "nothing": _("Nothing changed."),
        "locked": _forms(
            lambda n: ngettext(
                "%(count)s locked cell was left as it was.", "%(count)s locked cells were left as they were.", n
            )
        ),
        "ended": _("%(column)s has ended, so its targets are locked."),
        "copied": _forms(lambda n: ngettext("%(count)s cell copied.", "%(count)s cells copied.", n)),
        "kept": _forms(
            lambda n: ngettext(
                "%(count)s pasted cell could not be read and kept the old value: “%(text)s”.",
                "%(count)s pasted cells could not be read and kept the old values, such as “%(text)s”.",
                n,
            )
        ),
        "clipped_columns": _forms(
            lambda n: ngettext(
                "The block was larger than the grid. %(count)s column was left out.",
                "The block was larger than the grid. %(count)s columns were left out.",
                n,
            )
        ),
        "clipped_rows": _forms(
            lambda n: ngettext(
                "%(count)s row did not fit and was left out.",
                "%(count)s rows did not fit and were left out.",
                n,
            )
        ),
        "matched": _forms(lambda n: ngettext("%(count)s row matched by name.", "%(count)s rows matched by name.", n)),
        "unmatched": _forms(
            lambda n: ngettext(
                "%(count)s name was not found: “%(text)s”.", "%(count)s names were not found, such as “%(text)s”.", n
            )
        ),
        "undone": _("Undone: %(step)s."),
        "redone": _("Done again: %(step)s."),
        "undo": _("Undo: %(step)s"),
        "redo": _("Redo: %(step)s"),
        "amount": _("Enter an amount."),
        "percent": _("Enter a percentage between −90 and 900."),
        "step_typing": _("typing"),
        "step_clear": _("clearing"),
        "step_paste": _("paste"),
        "step_fill": _("fill"),
        "step_cut": _("cut"),
        "step_apply": _("Apply targets"),
        "step_pipelines": _("Apply pipelines"),
        "step_copy": _("copy of the last period"),
        "step_raise": _("raise by percent"),
    }


def _forms(say: Callable[[int], str]) -> dict[str, str]:
    return {form: say(count) for form, count in FORMS.items()}
