"""Forms about pilots and what they have to reach."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import Direction
from pilots.models import Pilot, SuccessCriterion
from regions.forms import DateInput, once_key
from regions.merging import MergingForm

LINES = forms.Textarea(attrs={"rows": 3})


class PilotForm(MergingForm):
    """What a pilot is: its name, what belongs to it, from when to when."""

    scope = forms.CharField(
        label=_("Scope"),
        max_length=1000,
        required=False,
        widget=LINES,
        help_text=_("Which companies, plants and processes take part."),
    )
    from_date = forms.DateField(
        label=_("First day"), required=False, widget=DateInput()
    )
    to_date = forms.DateField(label=_("Last day"), required=False, widget=DateInput())

    def __init__(self, pilot: Pilot, data: Any = None) -> None:
        now = {name: getattr(pilot, name) for name in self.base_fields}
        super().__init__(data, initial=now)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PILOT_FIELDS}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("from_date"), data.get("to_date")
        if begin and end and end < begin:
            self.add_error("to_date", _("The pilot cannot end before it begins."))
        return data


PILOT_FIELDS = ("scope", "from_date", "to_date")


def _number(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=3, **options)


class CriterionFields(forms.Form):
    """What is measured, where it stood, where it should be and where it is."""

    metric = forms.CharField(label=_("What is measured"), max_length=100)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    baseline = _number(_("Before the pilot"), required=False)
    direction = forms.ChoiceField(
        label=_("Met when it is"),
        choices=Direction.choices,
        initial=Direction.AT_LEAST,
    )
    target = _number(_("Target"))
    actual = _number(
        pgettext_lazy("criterion", "Reached"),
        required=False,
        help_text=_("Empty: not measured yet."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        required=False,
        help_text=_("Where the number comes from: a report, a count, a name."),
    )
    is_mandatory = forms.BooleanField(
        label=_("Mandatory"),
        required=False,
        initial=True,
        help_text=_("No further wave opens before it is met."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CRITERION_FIELDS}


CRITERION_FIELDS = tuple(CriterionFields.base_fields)


class NewCriterionForm(CriterionFields):
    key = once_key()


class CriterionForm(CriterionFields, MergingForm):
    def __init__(self, criterion: SuccessCriterion, data: Any = None) -> None:
        now = {name: getattr(criterion, name) for name in CRITERION_FIELDS}
        super().__init__(data, initial=now | {"version": criterion.version})
