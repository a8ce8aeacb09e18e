"""Tasks of plans, and those added to one by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, RecordForm, name_of
from regions.history import Act
from regions.models import Versioned
from rollout.enums import TaskState
from rollout.models import Task

OWNER = name_of("owner", gettext_lazy("person in charge"))


class TaskForm(RecordForm):
    rules = {
        "task_backup_is_another": gettext_lazy("Somebody else has to stand in."),
        "task_effort_not_negative": gettext_lazy("Hours are never negative."),
        "task_remaining_not_negative": gettext_lazy("Hours are never negative."),
    }


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    """Title, person in charge and day; the state moves on the page of the task."""

    form = TaskForm
    list_display = ("title", "region", OWNER, "due_date", "state", "kind")
    export_fields = (
        "region", "wave", "title", "kind", "owner", "first_due_date", "due_date", "state",
        "finished_at", "block_reason", "block_note", "waits_for", "drop_reason", "backup",
        "start_date", "effort_hours", "remaining_hours", "helper_ready", "counts",
    )  # fmt: skip
    list_filter = (
        "state",
        "kind",
        "helper_ready",
        "counts",
        "plan__programme",
        "plan__wave",
    )
    search_fields = (
        "title", "plan__region__name", "plan__region__code", "owner__name", "owner__email",
    )  # fmt: skip
    date_hierarchy = "due_date"
    autocomplete_fields = ("plan", "owner", "backup")
    ordering = ("due_date", "id")
    joined = (
        "plan__region",
        "plan__wave",
        "owner",
        "step__procedure",
        "waits_for",
        "backup",
    )

    @admin.display(description=gettext_lazy("region"), ordering="plan__region__name")
    def region(self, task: Any) -> str:
        return str(task.plan.region.name)

    @admin.display(description=gettext_lazy("wave"), ordering="plan__wave__name")
    def wave(self, task: Any) -> str:
        return str(task.plan.wave.name)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        editable = (
            "plan", "title", "kind", "owner", "backup", "start_date", "due_date",
            "effort_hours", "remaining_hours", "helper_ready", "counts",
        )  # fmt: skip
        if obj is None:
            return editable
        return (*editable, *self.get_readonly_fields(request, obj)[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        blocked = ("block_reason", "block_note", "waits_for")
        return (
            "plan", "first_due_date", "step", "state", "finished_at",
            *(blocked if obj.state == TaskState.BLOCKED else ()),
            *(("drop_reason",) if obj.state == TaskState.DROPPED else ()),
        )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a task that nobody has touched since it was made."""
        untouched = obj is not None and obj.version == 1 and obj.state == TaskState.OPEN
        return untouched and self.has_change_permission(request, obj)

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        row.first_due_date = row.due_date
        return super().create(request, row, form, act)
