"""Forms to ask for another date or owner of a task, and to answer it."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.forms.fields import offer_by_name
from rollout.enums import RequestKind
from rollout.models import Task, TaskRequest

from .people import DayField
from .tasks import people_for


class AskDateForm(forms.Form):
    """Another day, and why."""

    wished = DayField(label=_("Which day?"))
    reason = forms.CharField(label=_("Why?"), max_length=300)

    def __init__(self, today: date, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        self.fields["wished"].widget.attrs["min"] = today.isoformat()

    def clean_wished(self) -> date:
        wished: date = self.cleaned_data["wished"]
        if wished < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return wished


class NotMineForm(forms.Form):
    """That a task is somebody else's; whose, if known."""

    reason = forms.CharField(
        label=_("Whose is it, or why is it not yours?"), max_length=300, required=False
    )


class SettleForm(forms.Form):
    """A judgement on a request: what is granted, or why not."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer"),
        max_length=300,
        required=False,
        help_text=_("Who asked reads it. Needed to say no."),
    )

    def __init__(self, request: TaskRequest, data: Any = None, *, at: datetime) -> None:
        super().__init__(data, initial={"version": request.version})
        is_refusal = data is not None and "decline" in data
        if request.kind == RequestKind.DATE:
            to: forms.Field = DayField(label=_("New day"), initial=request.wished_date)
        else:
            to = _owner_field(request.task, at)
        to.required = not is_refusal
        self.fields = {"to": to, **self.fields}


def _owner_field(task: Task, at: datetime) -> forms.Field:
    others = people_for(task.plan.region_id, at=at).exclude(tasks=task)
    field: Any = forms.ModelChoiceField(
        label=_("New owner"), queryset=others, empty_label="–"
    )
    offer_by_name(field, others)
    owner: forms.Field = field
    return owner
