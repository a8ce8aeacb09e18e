"""Forms of the page of check-ins: its filters, putting off, leaving out, moving many."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.models import User
from rollout.enums import CheckInsShown, ShiftBy
from rollout.queries.shifting import LONGEST_DAYS, LONGEST_WEEKS, Shift

from .filters import Filter
from .people import DayField


class PutOffForm(forms.Form):
    """Until when a call is off one's own list, and why."""

    until = DayField(label=_("Back on the list on"))
    reason = forms.CharField(label=_("Why?"), max_length=200)


class CheckInFilter(Filter):
    """Which CEOs are wanted; from the address, where nonsense filters nothing."""

    show = forms.ChoiceField(choices=CheckInsShown.choices, required=False)
    wave = forms.TypedChoiceField(
        label=_("Wave"), coerce=int, empty_value=None, required=False
    )
    caller = forms.TypedChoiceField(
        label=_("Who calls"), coerce=int, empty_value=None, required=False
    )
    mine = forms.BooleanField(label=_("Mine only"), required=False)

    def __init__(
        self, waves: Iterable[tuple[int, str]], callers: Iterable[User], data: Any
    ) -> None:
        super().__init__(data)
        people = [(one.pk, one.name) for one in callers]
        for name, choices in (("wave", list(waves)), ("caller", people)):
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *choices]


class ShiftForm(forms.Form):
    """Talks of a week, or those that were ticked, to other days."""

    week = DayField(
        label=_("All of the week of"),
        required=False,
        help_text=_("Any day of it; counts where nothing is ticked."),
    )
    by = forms.ChoiceField(
        label=_("Move them"), choices=ShiftBy.choices, widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=_("Working days"),
        required=False,
        min_value=-LONGEST_DAYS,
        max_value=LONGEST_DAYS,
        help_text=_("Later; with a minus, earlier."),
    )
    weeks = forms.IntegerField(
        label=_("Weeks"),
        required=False,
        min_value=-LONGEST_WEEKS,
        max_value=LONGEST_WEEKS,
        help_text=_("Later; with a minus, earlier."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"by": ShiftBy.DAYS})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by = data.get("by")
        if by and by not in self.errors and not data.get(by):
            self.add_error(by, _("Say by how many."))
        return data

    @property
    def wanted(self) -> Shift:
        by = ShiftBy(self.cleaned_data["by"])
        return Shift(by, self.cleaned_data[by] or 0)
