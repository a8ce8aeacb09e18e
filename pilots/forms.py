"""Forms of the middle app: shape only; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilots.enums import Area, FindingKind
from pilots.models import Finding, Pilot, Step
from regions.forms import once_key
from regions.models import Programme


class FindingForm(forms.ModelForm):  # type: ignore[type-arg]
    """What happened, what it did, and what to do differently."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=FindingKind.choices, widget=forms.RadioSelect
    )
    area = forms.ChoiceField(label=_("Area"), choices=Area.choices)
    pilot = forms.ModelChoiceField(
        label=_("Pilot"),
        queryset=Pilot.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("Leave it out for a finding of a later wave."),
    )
    step = forms.ModelChoiceField(
        label=_("Step that it concerns"),
        queryset=Step.objects.none(),
        required=False,
        empty_label="–",
    )

    key = once_key()

    class Meta:
        model = Finding
        fields = ("kind", "title", "effect", "recommendation", "area", "pilot", "step")

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pilot"].queryset = programme.pilots.order_by("name", "id")  # type: ignore[attr-defined]
        self.fields["step"].queryset = steps_of(programme)  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """An act of one button: only what the page knew of the row."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, finding: Finding, data: Any = None) -> None:
        now = {"version": finding.version, "step": finding.step_id}
        super().__init__(data, initial=now)


class AdoptForm(VersionForm):
    """The step whose tasks will show the finding."""

    step = forms.ModelChoiceField(
        label=_("Step"), queryset=Step.objects.none(), empty_label="–"
    )

    def __init__(self, finding: Finding, data: Any = None) -> None:
        super().__init__(finding, data)
        self.fields["step"].queryset = steps_of(finding.programme)  # type: ignore[attr-defined]


class RejectForm(VersionForm):
    reason = forms.CharField(label=_("Why is it rejected?"), max_length=300)


def steps_of(programme: Programme) -> Any:
    return (
        Step.objects.filter(procedure__programme=programme)
        .select_related("procedure")
        .order_by("procedure__position", "position", "id")
    )
