"""Forms about the playbook: a procedure's name, and what a step of a draft says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilots.changes import FIELDS
from pilots.enums import OffsetUnit, StepRole, TaskKind
from pilots.models import Procedure, Step
from regions.forms import once_key
from regions.forms.fields import HoursField, TicksField
from regions.merging import MergingForm

MOST_LINES = 3
FURTHEST = 1500


class NewProcedureForm(forms.Form):
    """How a procedure is called; it keeps its name in every version."""

    key = once_key()
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("It stays the same in every version."),
    )


class StepFields(forms.Form):
    """What a step says, for a new one and for one that is there."""

    title = forms.CharField(label=_("What is to be done"), max_length=150)
    how_to = forms.CharField(
        label=_("How to do it"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At most three short steps, each on a line."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.WORK
    )
    role = forms.ChoiceField(
        label=_("Who does it"), choices=StepRole.choices, initial=StepRole.REGION
    )
    function = forms.CharField(
        label=_("Function"),
        max_length=60,
        required=False,
        help_text=_(
            "Whose job it is in the region, for example payroll or data helper."
        ),
    )
    offset_days = forms.IntegerField(
        label=_("Days from go-live"),
        min_value=-FURTHEST,
        max_value=FURTHEST,
        help_text=_("Negative before go-live."),
    )
    offset_unit = forms.ChoiceField(
        label=_("Counted in"), choices=OffsetUnit.choices, initial=OffsetUnit.DAY
    )
    effort_hours = HoursField(
        label=_("Effort in hours"), help_text=_("Empty: no estimate.")
    )
    needs_region = forms.BooleanField(
        label=_("Needs the region"),
        required=False,
        help_text=_("Moved off its holidays, weekends and blackouts."),
    )
    helper_ready = forms.BooleanField(
        label=_("Ready for a helper"),
        required=False,
        help_text=_("A helper, even a student, can do it as it stands."),
    )
    needs_confirmation = forms.BooleanField(
        label=_("Needs confirmation"),
        required=False,
        help_text=_("A named person of the region confirms what was agreed."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    after = TicksField(
        label=_("Comes after"),
        queryset=Step.objects.none(),
        required=False,
        help_text=_("Steps of the same procedure that are done first."),
    )

    def offer(self, others: Any) -> None:
        """Among which steps it can come after."""
        field: Any = self.fields["after"]
        field.queryset = others.order_by("position", "id")
        field.label_from_instance = lambda row: row.title

    def clean_how_to(self) -> str:
        lines = self.cleaned_data["how_to"].splitlines()
        said = [line.strip() for line in lines if line.strip()]
        if len(said) > MOST_LINES:
            raise forms.ValidationError(
                _("These are %(n)d steps. Say it in at most %(most)d."),
                params={"n": len(said), "most": MOST_LINES},
            )
        return "\n".join(said)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class NewStepForm(StepFields):
    key = once_key()

    def __init__(self, draft: Procedure, data: Any = None) -> None:
        super().__init__(data)
        self.offer(draft.steps.all())


class StepForm(StepFields, MergingForm):
    def __init__(self, step: Step, data: Any = None) -> None:
        now = {name: getattr(step, name) for name in FIELDS}
        before = step.links_before.values_list("before", flat=True)
        now |= {"version": step.version, "after": sorted(before)}
        super().__init__(data, initial=now)
        self.offer(Step.objects.filter(procedure=step.procedure_id).exclude(pk=step.pk))
