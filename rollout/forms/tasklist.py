"""Forms of the list of tasks: its filters, a row in its place, one change to many."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import TaskKind
from regions.merging import MergingForm
from regions.models import Region, User
from rollout.enums import BulkAct, DueWindow, TaskState
from rollout.models import Task, Wave
from rollout.queries.bulk import LONGEST_SHIFT, Wanted

from .filters import Filter, region_field
from .people import DayField
from .tasks import offer_people, people_for, person_field, takers


class RowForm(MergingForm):
    """Owner, day and state, in the row of the list."""

    owner = person_field(_("In charge"))
    due_date = DayField(label=_("Due"))
    state = forms.ChoiceField(label=_("State"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Asked for when the day moves or the task is dropped."),
    )

    def __init__(self, task: Task, editor: User, data: Any = None) -> None:
        now = {
            "version": task.version,
            "owner": task.owner_id,
            "due_date": task.due_date,
            "state": task.state,
        }
        # Two on one page do not share their ids.
        super().__init__(data, initial=now, auto_id=f"id_{task.pk}_%s")
        place, at = task.plan.region_id, editor.moment
        offer_people(self, people_for(place, task.owner_id, at=at), "owner")
        state: Any = self.fields["state"]
        # What blocks a task is said on its page.
        state.choices = [
            (one.value, one.label)
            for one in TaskState
            if one != TaskState.BLOCKED or task.state == TaskState.BLOCKED
        ]


FOLDED = ("wave", "owner", "kind", "helper_ready", "counts", "nobody")


class TaskFilter(Filter):
    """Which tasks are wanted; from the address, where nonsense filters nothing."""

    q = forms.CharField(
        label=_("Title, person or region"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    region = region_field()
    wave = forms.ModelChoiceField(
        label=_("Wave"),
        queryset=Wave.objects.none(),
        empty_label=_("All"),
        required=False,
    )
    owner = forms.ModelChoiceField(
        label=_("In charge"),
        queryset=User.objects.none(),
        empty_label=_("All"),
        required=False,
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("to do")),
            *((str(one.value), one.label) for one in TaskState),
            ("all", _("All")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *TaskKind.choices], required=False
    )
    due = forms.ChoiceField(
        label=_("Due"),
        choices=[("", pgettext_lazy("due", "at any time")), *DueWindow.choices],
        required=False,
    )
    helper_ready = forms.BooleanField(label=_("Ready for a helper"), required=False)
    counts = forms.BooleanField(label=_("Counts in the appraisal"), required=False)
    nobody = forms.BooleanField(label=_("Nobody in charge"), required=False)
    sort = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, reader: User, data: Any = None) -> None:
        super().__init__(data)
        self.offer(
            region=Region.objects.visible_to(reader),
            wave=Wave.objects.visible_to(reader),
            owner=User.objects.visible_to(reader).filter(may_sign_in=True),
        )

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address asks for, for a form that is about all that fit."""
        found = ((name, self.data.get(name, "")) for name in self.fields)
        return [(name, text) for name, text in found if text]

    @property
    def is_narrow(self) -> bool:
        """Whether one of those is set that are else folded away."""
        return any(self[name].value() for name in FOLDED)


class BulkForm(forms.Form):
    """What is to become of the ticked tasks, or of all that fit."""

    act = forms.ChoiceField(
        label=_("What happens to them"),
        choices=BulkAct.choices,
        initial=BulkAct.OWNER,
        widget=forms.RadioSelect,
    )
    taker = forms.ModelChoiceField(
        label=_("New person in charge"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )
    days = forms.IntegerField(
        label=_("Working days"),
        required=False,
        min_value=-LONGEST_SHIFT,
        max_value=LONGEST_SHIFT,
        help_text=_("Negative is earlier."),
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Asked for when days move or tasks are dropped."),
    )
    whole = forms.BooleanField(
        label=_("All that fit, not only the ticked"), required=False
    )

    def __init__(self, reader: User, data: Any = None) -> None:
        super().__init__(data)
        people = User.objects.visible_to(reader) & takers(reader.moment)
        offer_people(self, people, "taker")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        act = data.get("act")
        if act == BulkAct.SHIFT and not data.get("days"):
            self.add_error("days", _("Say by how many working days."))
        if act in (BulkAct.SHIFT, BulkAct.DROP) and not data.get("why"):
            self.add_error("why", _("Say why."))
        return data

    @property
    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(
            what=BulkAct(data["act"]),
            taker=data["taker"],
            days=data["days"] or 0,
            reason=data["why"].strip(),
        )
