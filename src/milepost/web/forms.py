"""What the forms of the set-up share."""

from typing import Any

from django import forms

from milepost.base.errors import Refused
from milepost.web.errors import sentence


class PageForm(forms.Form):
    """A form whose fields look like ours, and which shows what a rule refuses."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": ""} | options)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs["class"] = "input"

    def refuse(self, refused: Refused, field: str | None = None) -> None:
        """Show a refusal above the form or beside a field."""
        self.add_error(field, sentence(refused))


class DayField(forms.DateField):
    """A day, chosen or typed as 2026-11-23."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1970-01-01", "max": "2100-01-01"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)
