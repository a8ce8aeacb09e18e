"""What headquarters keeps in the admin of the middle app: pilots, the playbook, findings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilots.enums import FindingState
from pilots.models import Finding, Pilot, Procedure, Step, SuccessCriterion
from pilots.services.findings import CannotMoveFinding, record_finding
from regions.administration import RecordAdmin, RecordForm, RecordInline
from regions.history import Act
from regions.models import Versioned


class PilotForm(RecordForm):
    rules = {
        "pilot_ends_after_it_begins": gettext_lazy(
            "The pilot cannot end before it begins."
        ),
    }


class CriterionInline(RecordInline):
    model = SuccessCriterion
    fields = (
        "metric", "unit", "baseline", "direction", "target", "actual", "evidence",
        "is_mandatory",
    )  # fmt: skip
    ordering = ("-is_mandatory", "id")
    may_delete = True


@admin.register(Pilot)
class PilotAdmin(RecordAdmin):
    form = PilotForm
    inlines = (CriterionInline,)
    list_display = ("name", "programme", "from_date", "to_date")
    list_filter = ("programme",)
    search_fields = ("name", "scope", "programme__name")
    autocomplete_fields = ("programme",)
    fields = ("programme", "name", "scope", "from_date", "to_date")
    ordering = ("name", "id")
    joined = ("programme",)
    may_delete = True


class StepForm(RecordForm):
    rules = {
        "step_offset_sane": gettext_lazy(
            "Give at most 1500 days before or after go-live."
        ),
    }


class StepInline(RecordInline):
    model = Step
    form = StepForm
    fields = (
        "title", "kind", "role", "function", "offset_days", "offset_unit", "needs_region",
        "note", "position",
    )  # fmt: skip
    ordering = ("offset_days", "position", "id")
    may_delete = True


@admin.register(Procedure)
class ProcedureAdmin(RecordAdmin):
    inlines = (StepInline,)
    list_display = ("name", "number", "programme", "position")
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    autocomplete_fields = ("programme",)
    fields = ("programme", "name", "number", "position")
    ordering = ("position", "name", "-number", "id")
    joined = ("programme",)
    may_delete = True


@admin.register(Step)
class StepAdmin(RecordAdmin):
    form = StepForm
    list_display = (
        "title", "procedure", "offset_days", "offset_unit", "needs_region", "kind", "role",
        "function",
    )  # fmt: skip
    list_filter = ("procedure", "kind", "role", "offset_unit", "needs_region")
    search_fields = ("title", "function", "procedure__name")
    autocomplete_fields = ("procedure",)
    fields = (
        "procedure", "title", "kind", "role", "function", "offset_days", "offset_unit",
        "needs_region", "note", "position",
    )  # fmt: skip
    ordering = ("offset_days", "position", "id")
    joined = ("procedure",)
    may_delete = True


class FindingForm(RecordForm):
    rules = {
        "finding_of_pilot_or_wave": gettext_lazy(
            "Name the pilot or the wave that taught it, not both."
        ),
        "finding_effect_says_of_what": gettext_lazy(
            "Give a number together with what it counts, or neither."
        ),
        "finding_money_has_currency": gettext_lazy(
            "Give a currency where the number counts money, and only there."
        ),
    }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        programme = data.get("programme") or getattr(self.instance, "programme", None)
        for name, row in (("pilot", data.get("pilot")), ("step", data.get("step"))):
            of = getattr(row, "procedure", row)
            if of is not None and of.programme_id != getattr(programme, "pk", None):
                self.add_error(name, _("This belongs to another programme."))
        return data


@admin.register(Finding)
class FindingAdmin(RecordAdmin):
    """What was found. Its state moves on the page of the finding, by the services."""

    form = FindingForm
    list_display = ("title", "kind", "area", "state", "pilot", "wave_name", "step")
    list_filter = ("state", "kind", "area", "programme", "pilot")
    search_fields = (
        "title", "cause", "effect", "recommendation", "wave_name", "source",
    )  # fmt: skip
    autocomplete_fields = ("programme", "pilot", "step", "owner")
    fields = (
        "programme", "kind", "area", "severity", "trigger", "title", "cause", "effect",
        "effect_amount", "effect_of", "effect_currency", "recommendation", "pilot",
        "wave_name", "source", "step", "owner", "state", "decision_reason", "merged_into",
        "author",
    )  # fmt: skip
    ordering = ("-id",)
    joined = ("programme", "pilot", "step__procedure", "author", "owner", "merged_into")
    refusals = (CannotMoveFinding,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        decided = ("state", "decision_reason", "merged_into", "author")
        if obj is None:
            return decided
        adopted = obj.state in (FindingState.ADOPTED, FindingState.RETIRED)
        return ("programme", *decided, *(("step",) if adopted else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what nobody has weighed yet; the rest stays on record."""
        new = obj is not None and obj.state == FindingState.PROPOSED
        return new and self.has_change_permission(request, obj)

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        values = {
            name: value
            for name, value in form.cleaned_data.items()
            if name in form._meta.fields
        }
        return record_finding(act=act, **values)
