"""Plans: made of the steps of the playbook, with due dates counted back from go-live."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilots.models import Procedure, Step
from regions import history
from regions.administration import (
    ManySuggestions,
    RecordAdmin,
    RecordForm,
    field_of,
    person,
)
from regions.history import Act
from regions.models import Programme, Region, Versioned
from regions.queries import calendars
from rollout.models import Plan, Task, Wave
from rollout.queries.plans import impossible_days
from rollout.services.plans import (
    CannotPlan,
    in_blackout,
    make_plan,
    set_rhythm_dates,
)

from .acts import TO_WAVE
from .counts import KICK_OFF_FIRST, SlipColumn, count_of, why_moved


class AddPlanForm(RecordForm):
    """A region, its wave, and the steps that become its tasks."""

    procedures = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Procedures"),
        queryset=Procedure.objects.order_by("position", "id"),
        required=False,
        widget=ManySuggestions(field_of(Step, "procedure"), admin.site),
        help_text=gettext_lazy(
            "Each step becomes a task, counted back from go-live. Leave it empty to take the "
            "whole playbook of the programme."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed where the go-live lies in a blackout."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kick_off_date", "go_live_date"):
            self.fields[name].required = False
            self.fields[name].help_text = _("The wave's, unless you give another day.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        wave: Wave | None = data.get("wave")
        if wave is None:
            return data
        kick_off = data.get("kick_off_date") or wave.kick_off_date
        if kick_off and kick_off > (data.get("go_live_date") or wave.go_live_date):
            self.add_error("kick_off_date", KICK_OFF_FIRST)
        if region := data.get("region"):
            self._check_region(region, wave, data)
        if any(
            one.programme_id != wave.programme_id
            for one in data.get("procedures") or ()
        ):
            self.add_error(
                "procedures", _("Choose procedures of the wave's programme.")
            )
        return data

    def _check_region(self, region: Region, wave: Wave, data: dict[str, Any]) -> None:
        if Plan.objects.filter(programme=wave.programme_id, region=region).exists():
            self.add_error("region", _("This region has a plan already."))
        go_live = data.get("go_live_date") or wave.go_live_date
        days = calendars().of(region, wave.programme_id)
        if not data.get("reason") and (stop := in_blackout(go_live, days)):
            self.add_error("reason", stop)


class PlanForm(RecordForm):
    rules = {"plan_kick_off_before_go_live": KICK_OFF_FIRST}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kick_off, wave = data.get("kick_off_date"), data.get("wave")
        if kick_off and kick_off > self.instance.go_live_date:
            self.add_error("kick_off_date", KICK_OFF_FIRST)
        if wave is not None and wave.programme_id != self.instance.programme_id:
            self.add_error("wave", _("Choose a wave of the same programme."))
        return data


def steps_of(programme: Programme, procedures: QuerySet[Procedure]) -> QuerySet[Step]:
    """Those of the chosen procedures; of the newest version of each if none is chosen."""
    if not procedures:
        procedures = programme.procedures.newest()
    return Step.objects.filter(procedure__in=procedures).order_by("offset_days", "id")


@admin.register(Plan)
class PlanAdmin(SlipColumn, RecordAdmin):
    """Made by the service, with its tasks; the go-live moves on the page of the region."""

    form = PlanForm
    list_display = (
        "region", "wave", "kick_off_date", "first_go_live_date", "go_live_date", "slip",
        "why", "agreed_at", "tasks_left", "tasks_all",
    )  # fmt: skip
    export_fields = (
        "region", "wave", "programme", "kick_off_date", "first_go_live_date", "go_live_date",
        "slip", "why", "agreed_at", "tasks_left", "tasks_all",
    )  # fmt: skip
    list_filter = ("programme", "wave")
    search_fields = ("region__name", "region__code", "wave__name")
    date_hierarchy = "go_live_date"
    autocomplete_fields = ("region", "wave")
    ordering = ("go_live_date", "region__name", "id")
    joined = ("region", "wave", "programme", "agreed_by")
    refusals = (CannotPlan,)
    acts = (TO_WAVE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        tasks = Task.objects.visible_to(person(request)).filter(plan=OuterRef("pk"))
        counts = {
            "all_count": count_of(tasks, "plan"),
            "left_count": count_of(tasks.unfinished(), "plan"),
            "why_moved": why_moved(),
        }
        rows = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(**counts)
        return counted

    @admin.display(description=gettext_lazy("tasks left"), ordering="left_count")
    def tasks_left(self, plan: Any) -> int:
        return int(plan.left_count)

    @admin.display(description=gettext_lazy("tasks"), ordering="all_count")
    def tasks_all(self, plan: Any) -> int:
        return int(plan.all_count)

    @admin.display(description=gettext_lazy("tasks"))
    def task_link(self, plan: Any) -> SafeString:
        address = reverse(
            "admin:rollout_task_changelist", query={"plan__id__exact": plan.pk}
        )
        said = ngettext("%(n)d task", "%(n)d tasks", plan.all_count) % {
            "n": plan.all_count
        }
        return format_html('<a href="{}">{}</a>', address, said)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (
                "region", "wave", "kick_off_date", "go_live_date", "procedures", "reason",
            )  # fmt: skip
        return (
            "region", "programme", "wave", "kick_off_date", "first_go_live_date",
            "go_live_date", "slip", "why", "agreed_at", "agreed_by", "task_link",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return (
            "region",
            "programme",
            "first_go_live_date",
            "go_live_date",
            "slip",
            "why",
            "agreed_at",
            "agreed_by",
            "task_link",
        )

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's
        **kwargs: Any,
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, form=AddPlanForm, **kwargs)
        # A copy: the field of the class is that of every reader.
        field: Any = deepcopy(form.base_fields["procedures"])
        rows = Procedure.objects.visible_to(person(request)).published()
        field.queryset = rows.order_by("position", "id")
        form.base_fields["procedures"] = field
        return form

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        data = form.cleaned_data
        wave: Wave = data["wave"]
        plan = make_plan(
            data["region"],
            wave,
            steps=steps_of(wave.programme, data["procedures"]),
            go_live=data["go_live_date"],
            kick_off=data["kick_off_date"],
            act=replace(act, reason=data["reason"].strip()),
        )
        self._warn_of_impossible(request, plan)
        return plan

    def _warn_of_impossible(self, request: HttpRequest, plan: Plan) -> None:
        """The plan is made all the same; its page lists the days."""
        days = calendars().of(plan.region, plan.programme_id)
        if count := len(impossible_days(plan, days)):
            said = ngettext(
                "%(n)d day is impossible. The page of the region lists it.",
                "%(n)d days are impossible. The page of the region lists them.",
                count,
            )
            self.message_user(request, said % {"n": count}, messages.WARNING)

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        history.change(row, values, act)
        set_rhythm_dates(row, act=act)
