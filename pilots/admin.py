"""What headquarters keeps in the admin of the middle app: pilots, the playbook, findings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pilots.changes import FIELDS
from pilots.enums import FindingState
from pilots.models import Finding, Pilot, Procedure, Step, SuccessCriterion
from pilots.services.findings import CannotMoveFinding, record_finding
from pilots.services.playbook import (
    CannotKeepPlaybook,
    add_step,
    begin_procedure,
    discard_draft,
    edit_step,
    remove_step,
)
from regions.administration import (
    HeadquartersOnly,
    RecordAdmin,
    RecordForm,
    RecordInline,
)
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
        "step_effort_not_negative": gettext_lazy("Give no hours below 0."),
    }


def is_published(row: Procedure | Step | None) -> bool:
    """A published version never changes, nor do its steps."""
    procedure = row.procedure if isinstance(row, Step) else row
    return procedure is not None and not procedure.is_draft


def values_in(step: Step, *names: str) -> dict[str, Any]:
    return {name: getattr(step, name) for name in names}


class DraftsOnly(HeadquartersOnly):
    """Of what is published there is nothing to save; the next version begins on its page."""

    may_delete = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_published(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_published(obj) and super().has_delete_permission(request, obj)


class PlaybookAdmin(DraftsOnly, RecordAdmin):
    """Drafts and their steps are saved as the pages of the playbook save them."""

    refusals = (CannotKeepPlaybook,)

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        if isinstance(row, Step):
            row.version = edit_step(row, values, version=row.version, act=act).version
        else:
            super().update(request, row, values, act)

    def remove(self, row: Any, act: Act) -> None:
        remove = remove_step if isinstance(row, Step) else discard_draft
        remove(row, version=row.version, act=act)


class StepInline(DraftsOnly, RecordInline):
    model = Step
    form = StepForm
    fields = (*FIELDS, "position")
    ordering = ("offset_days", "position", "id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_published(obj) and super().has_add_permission(request, obj)


class ProcedureForm(RecordForm):
    @property
    def settled_later(self) -> set[str]:
        """Whether the name is free is told by the service, in its words."""
        return {"name"}


@admin.register(Procedure)
class ProcedureAdmin(PlaybookAdmin):
    """Versions of procedures. A new one is a draft; the playbook's own page publishes it."""

    form = ProcedureForm
    inlines = (StepInline,)
    list_display = ("name", "number", "published_at", "programme", "position")
    list_filter = ("programme", ("published_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "programme__name")
    autocomplete_fields = ("programme",)
    ordering = ("position", "name", "-number", "id")
    joined = ("programme", "published_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        named = ("programme", "name")
        if obj is None:
            return named
        return (*named, "number", "position", "published_at", "published_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The name holds the versions together."""
        given = ("programme", "name", "number", "published_at", "published_by")
        return () if obj is None else given

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        if isinstance(row, Procedure):
            return begin_procedure(row.programme, row.name, act=act)
        return add_step(row.procedure, values_in(row, *FIELDS, "position"), act=act)


@admin.register(Step)
class StepAdmin(PlaybookAdmin):
    form = StepForm
    list_display = (
        "title", "procedure", "number", "published_at", "offset_days", "offset_unit",
        "needs_region", "kind", "role", "function",
    )  # fmt: skip
    list_filter = ("procedure", "kind", "role", "offset_unit", "needs_region")
    search_fields = ("title", "function", "procedure__name")
    autocomplete_fields = ("procedure",)
    ordering = ("offset_days", "position", "id")
    joined = ("procedure",)

    @admin.display(
        description=gettext_lazy("version of the procedure"),
        ordering="procedure__number",
    )
    def number(self, step: Step) -> int:
        return step.procedure.number

    @admin.display(
        description=pgettext_lazy("procedure", "Published"),
        ordering="procedure__published_at",
    )
    def published_at(self, step: Step) -> datetime | None:
        return step.procedure.published_at

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one comes last."""
        said = ("procedure", *FIELDS)
        return said if obj is None else (*said, "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("procedure",)

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        return add_step(row.procedure, values_in(row, *FIELDS), act=act)


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
