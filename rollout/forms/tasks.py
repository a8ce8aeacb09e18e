"""Forms about tasks: shape only; services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pilots.enums import TaskKind
from regions.forms import once_key
from regions.forms.fields import HoursField, TicksField, offer_by_name
from regions.merging import MergingForm
from regions.models import Region, User
from rollout.access import can_edit_task, can_say_counts
from rollout.models import Plan, Task, TaskComment
from rollout.queries.atwork import at_work

from .people import DayField

LINES = forms.Textarea(attrs={"rows": 2})


def people_for(region_id: int, *keep: int | None, at: datetime) -> QuerySet[User]:
    """Who can be in charge: the region's people, headquarters and the CIO, and who is."""
    near = at_work(at, region_id)
    is_kept = Q(pk__in=[pk for pk in keep if pk is not None])
    may_be = Q(pk__in=near.values("user"), may_sign_in=True)
    rows: QuerySet[User] = User.objects.filter(may_be | is_kept)
    return rows


def takers(at: datetime) -> QuerySet[User]:
    """Who can be in charge of anything: an auditor only looks on."""
    held = at_work(at).values("user")
    rows: QuerySet[User] = User.objects.filter(pk__in=held, may_sign_in=True)
    return rows


def offer_people(form: forms.Form, people: QuerySet[User], *names: str) -> None:
    for name in names:
        offer_by_name(form.fields[name], people)


def person_field(label: Any, **options: Any) -> Any:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
        **options,
    )


def _remaining() -> HoursField:
    return HoursField(
        label=_("Remaining hours"), help_text=_("Empty: as much as the effort.")
    )


class RemainingForm(MergingForm):
    """What the person in charge says of a task: how much is left to do."""

    remaining_hours = _remaining()

    def __init__(self, task: Task, data: Any = None) -> None:
        now = {"version": task.version, "remaining_hours": task.remaining_hours}
        super().__init__(data, initial=now)

    @property
    def values(self) -> dict[str, Any]:
        return {"remaining_hours": self.cleaned_data["remaining_hours"]}


class TaskFields(forms.Form):
    """What a task says, for a new one and for one that is there."""

    title = forms.CharField(label=_("What is to be done"), max_length=150)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.WORK
    )
    owner = person_field(_("In charge"))
    backup = person_field(
        _("Stands in"), help_text=_("When the person in charge cannot.")
    )
    start_date = DayField(label=_("Start"), required=False)
    due_date = DayField(label=_("Due"))
    effort_hours = HoursField(
        label=_("Effort in hours"), help_text=_("Empty: no estimate.")
    )
    helper_ready = forms.BooleanField(
        label=_("Ready for a helper"),
        required=False,
        help_text=_("A helper, even a student, can do it as it stands."),
    )


FIELDS = (
    "title", "kind", "owner", "backup", "start_date", "due_date", "effort_hours",
    "helper_ready",
)  # fmt: skip


class NewTaskForm(TaskFields):
    key = once_key()
    plan = forms.ModelChoiceField(
        label=_("Programme"), queryset=Plan.objects.none(), empty_label=None
    )
    field_order = ("plan", *FIELDS)

    def __init__(
        self,
        region: Region,
        plans: QuerySet[Plan],
        data: Any = None,
        *,
        at: datetime,
    ) -> None:
        super().__init__(data)
        field: Any = self.fields["plan"]
        field.queryset = plans
        field.label_from_instance = lambda plan: f"{plan.programme} · {plan.wave}"
        field.initial = plans.first()
        if plans.count() == 1:
            field.widget = forms.HiddenInput()
        offer_people(self, people_for(region.pk, at=at), "owner", "backup")

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class TaskForm(TaskFields, MergingForm):
    """Everything that a task says but its state; for those who may change it."""

    reason = forms.CharField(
        label=_("Why does the day move?"), max_length=300, required=False
    )
    remaining_hours = _remaining()
    counts = forms.BooleanField(
        label=_("Counts in the appraisal"),
        required=False,
        help_text=_("Said by the region's manager."),
    )
    after = TicksField(
        label=_("Comes after"),
        queryset=Task.objects.none(),
        required=False,
        help_text=_("Tasks of the same plan that are done first."),
    )

    def __init__(self, task: Task, editor: User, data: Any = None) -> None:
        now = {name: getattr(task, name) for name in (*FIELDS, "remaining_hours")}
        before = task.links_before.values_list("before", flat=True)
        now |= {
            "version": task.version,
            "owner": task.owner_id,
            "backup": task.backup_id,
            "counts": task.counts,
            "after": sorted(before),
        }
        super().__init__(data, initial=now)
        kept = (task.owner_id, task.backup_id)
        people = people_for(task.plan.region_id, *kept, at=editor.moment)
        offer_people(self, people, "owner", "backup")
        after: Any = self.fields["after"]
        others = Task.objects.filter(plan=task.plan_id).exclude(pk=task.pk)
        after.queryset = others.order_by("due_date", "id")
        after.label_from_instance = lambda row: row.title
        if not can_say_counts(editor, task):
            del self.fields["counts"]

    @property
    def values(self) -> dict[str, Any]:
        names = (*FIELDS, "remaining_hours", "counts")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


def form_for(task: Task, editor: User, data: Any = None) -> "TaskForm | RemainingForm":
    """As much of a task as this person may change."""
    if can_edit_task(editor, task):
        return TaskForm(task, editor, data)
    return RemainingForm(task, data)


class DropForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why is it dropped?"), max_length=300)


class CommentForm(forms.Form):
    key = once_key()
    text = forms.CharField(
        label=_("Comment"),
        max_length=TaskComment._meta.get_field("text").max_length,
        widget=LINES,
    )


class ItemForm(forms.Form):
    key = once_key()
    title = forms.CharField(label=_("One more point"), max_length=150)


class TickForm(forms.Form):
    """Whether a point is to stand ticked afterwards."""

    done = forms.ChoiceField(choices=[("1", "1"), ("0", "0")])
