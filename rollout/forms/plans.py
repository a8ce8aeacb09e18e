"""Forms over a plan: shape only; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.merging import MergingForm
from rollout.models import Plan, Wave

from .people import DayField


class PreviewedForm(MergingForm):
    """What it brings is shown before it is done: `told` names what the reader has seen."""

    told = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    @property
    def tells(self) -> str:
        """What `told` has to be so that this very act was seen."""
        raise NotImplementedError

    @property
    def was_seen(self) -> bool:
        return bool(self.cleaned_data["told"] == self.tells)

    @property
    def values(self) -> dict[str, Any]:
        return {name: v for name, v in self.cleaned_data.items() if name != "told"}


class MoveGoLiveForm(PreviewedForm):
    """A new day, and why."""

    to = DayField(label=_("New go-live"))
    reason = forms.CharField(label=_("Why does it move?"), max_length=300)

    @classmethod
    def for_plan(cls, plan: Plan, data: Any = None) -> "MoveGoLiveForm":
        now = {"to": plan.go_live_date, "version": plan.version}
        return cls(data, initial=now)

    @property
    def tells(self) -> str:
        return str(self.cleaned_data["to"])


class ChangeWaveForm(PreviewedForm):
    """Another wave or the name of a new one, perhaps another day, and why."""

    wave = forms.ModelChoiceField(
        label=_("Another wave"),
        queryset=Wave.objects.none(),
        required=False,
        empty_label="–",
    )
    name = forms.CharField(
        label=_("Or a new wave of this name"), max_length=60, required=False
    )
    to = DayField(
        label=_("New go-live"),
        required=False,
        help_text=_("Empty: its go-live stays."),
    )
    reason = forms.CharField(label=_("Why does it leave its wave?"), max_length=300)

    @classmethod
    def for_plan(cls, plan: Plan, data: Any = None) -> "ChangeWaveForm":
        form = cls(data, initial={"version": plan.version})
        others = Wave.objects.filter(programme=plan.programme_id).exclude(
            pk=plan.wave_id
        )
        field: Any = form.fields["wave"]
        field.queryset = others.order_by("go_live_date", "name", "id")
        return form

    @property
    def wave_name(self) -> str:
        wave = self.cleaned_data["wave"]
        return str(wave.name if wave else self.cleaned_data["name"])

    @property
    def tells(self) -> str:
        return f"{self.cleaned_data['to']} {self.wave_name}"


class OverruleForm(forms.Form):
    """Why a wave opens though something is missing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why does it open all the same?"),
        max_length=300,
        help_text=_("Everybody who sees the wave reads it, for ever."),
    )

    def __init__(self, wave: Wave, data: Any = None) -> None:
        super().__init__(data, initial={"version": wave.version})
