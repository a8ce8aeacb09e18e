"""Forms for booking a talk: shape only; services decide."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.enums import Channel
from regions.forms import TimeInput
from regions.merging import MergingForm
from regions.models import CheckIn
from regions.services.checkins import Slot

from .people import DayField

LENGTHS = (10, 15, 20, 30, 60)
# A mail is no talk.
WAYS = [(one.value, one.label) for one in Channel if one != Channel.MAIL]
SLOT = "%Y-%m-%dT%H:%M"


class BookForm(MergingForm):
    """When and how. One tap on a proposal says day and time at once."""

    day = DayField(label=_("Day"))
    at_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=TimeInput(),
        help_text=_(
            "By the clocks of the region. Empty: some time that day, and no invitation."
        ),
    )
    minutes = forms.TypedChoiceField(
        label=_("Minutes"), coerce=int, widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(label=_("How"), choices=WAYS, widget=forms.RadioSelect)
    # A new one has none.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(
            None if data is None else _with_proposal(data), initial=initial
        )
        lengths: Any = self.fields["minutes"]
        kept = sorted({*LENGTHS, initial["minutes"]})
        lengths.choices = [(one, str(one)) for one in kept]
        if initial["channel"] == Channel.MAIL:
            ways: Any = self.fields["channel"]
            ways.choices = Channel.choices

    @classmethod
    def for_new(cls, day: date, data: Any = None) -> "BookForm":
        return cls(data, initial={"day": day, "minutes": 15, "channel": Channel.PHONE})

    @classmethod
    def for_row(cls, row: CheckIn, data: Any = None) -> "BookForm":
        names = ("at_time", "minutes", "channel", "version")
        now = {name: getattr(row, name) for name in names}
        return cls(data, initial={"day": row.day_date, **now})

    @property
    def slot(self) -> Slot:
        said = self.cleaned_data
        channel = Channel(said["channel"])
        return Slot(said["day"], said["at_time"], said["minutes"], channel)


class LeaveOutForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def _with_proposal(data: Any) -> Any:
    """A proposal that was tapped is the day and the time of the form."""
    with suppress(ValueError):
        chosen = datetime.strptime(data.get("slot", ""), SLOT)  # noqa: DTZ007 - wall time
        data = data.copy()
        data["day"], data["at_time"] = f"{chosen:%Y-%m-%d}", f"{chosen:%H:%M}"
    return data
