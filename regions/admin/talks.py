"""Keeping in touch: rhythms, asks, and the talks that were logged.

Booked talks are kept by `rollout.admin.checkins`: whoever is invited is told by mail.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, RecordForm, name_of
from regions.enums import AskKind, AskOf, Stage
from regions.history import Act
from regions.models import Ask, Contact, Rhythm, Versioned
from regions.services.asks import CannotChangeAsk, NewAsk, change, make
from regions.services.people import start_rhythm

OF_CEO = ("ceo__region", "ceo__user", "programme")
CALLER = name_of("by", gettext_lazy("who called"))
SEARCH_CEO = ("ceo__region__name", "ceo__region__code", "ceo__user__name")
LONGER = gettext_lazy("The longest time has to be longer than the ideal one.")
STAGES = Stage.values


class RhythmForm(RecordForm):
    rules = {
        "rhythm_kick_off_before_go_live": gettext_lazy(
            "The kick-off lies after the go-live."
        ),
    }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for stage in STAGES:
            ideal, longest = data.get(f"{stage}_ideal"), data.get(f"{stage}_longest")
            if ideal and longest and ideal >= longest:
                self.add_error(f"{stage}_longest", LONGER)
        return data


@admin.register(Rhythm)
class RhythmAdmin(RecordAdmin):
    form = RhythmForm
    list_display = (
        "region",
        "who",
        "programme",
        "kick_off_date",
        "go_live_date",
        "caller",
    )
    list_filter = ("programme", "caller")
    search_fields = SEARCH_CEO
    autocomplete_fields = ("ceo", "programme")
    ordering = ("ceo__region__name", "id")
    joined = OF_CEO
    fieldsets = (
        (None, {"fields": ("ceo", "programme", "caller", "lead_weeks")}),
        (
            gettext_lazy("Ideal and longest days between two talks"),
            {
                "fields": tuple(
                    (f"{stage}_ideal", f"{stage}_longest") for stage in STAGES
                )
            },
        ),
        (
            gettext_lazy("Dates"),
            {
                "fields": ("kick_off_date", "go_live_date", "end_date"),
                "description": gettext_lazy(
                    "The plan of the region sets kick-off and go-live, and moves them. "
                    "Without an end, talks go on for 90 days after go-live."
                ),
            },
        ),
    )
    export_fields = (
        "region", "who", "programme", "kick_off_date", "go_live_date", "end_date", "lead_weeks",
        *(f"{stage}_{limit}" for stage in STAGES for limit in ("ideal", "longest")),
        "caller",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("region"), ordering="ceo__region__name")
    def region(self, row: Any) -> str:
        return str(row.ceo.region.name)

    @admin.display(description=gettext_lazy("regional CEO"), ordering="ceo__user__name")
    def who(self, row: Any) -> str:
        return str(row.ceo.user.name)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        dates = [
            name for name in ("kick_off_date", "go_live_date") if getattr(obj, name)
        ]
        return ("ceo", "programme", *dates)

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        """The dates of the plan stand in the rhythm of the CEO before, if nobody gave any."""
        values = {
            field.name: getattr(row, field.name)
            for field in row._meta.concrete_fields
            if field.name not in ("id", "version", "ceo", "programme")
        }
        before = Rhythm.objects.filter(
            ceo__region=row.ceo.region_id, programme=row.programme_id
        )
        if last := before.order_by("-ceo__from_date", "-id").first():
            for name in ("kick_off_date", "go_live_date", "end_date"):
                values[name] = values[name] or getattr(last, name)
        return start_rhythm(
            row.ceo, programme_id=row.programme_id, values=values, act=act
        )


@admin.register(Ask)
class AskAdmin(RecordAdmin):
    """What is asked, and by when; the state moves in the ledger of asks, where tasks that
    wait for it follow."""

    refusals = (CannotChangeAsk,)
    list_display = ("text", "ceo", "kind", "of", "due_date", "state")
    list_filter = ("state", "kind", "of", "programme")
    search_fields = ("text", *SEARCH_CEO)
    date_hierarchy = "due_date"
    autocomplete_fields = ("ceo", "programme")
    fields = (
        "ceo",
        "programme",
        "of",
        "kind",
        "text",
        "due_date",
        "first_due_date",
        "state",
    )
    ordering = ("due_date", "id")
    joined = OF_CEO

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("first_due_date", "state")
        return ("ceo", "programme", "of", "first_due_date", "state", "settled_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *(("settled_at",) if obj and obj.settled_at else ()))

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        new = NewAsk(AskKind(row.kind), row.text, row.due_date, of=AskOf(row.of))
        return make(row.ceo, row.programme, new, act=act)

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        changed = change(row, version=row.version, act=act, **values)
        row.version = changed.version


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    """Talks as they were logged; they are corrected on their own page, by who may.

    Notes are private (`regions.privacy`): no form, list, search or export names them.
    """

    list_display = (
        "held_at",
        "ceo",
        CALLER,
        "channel",
        "outcome",
        "minutes",
        "withdrawn_at",
    )
    list_filter = (
        "outcome",
        "channel",
        "programme",
        ("withdrawn_at", admin.EmptyFieldListFilter),
    )
    search_fields = (*SEARCH_CEO, "by__name")
    date_hierarchy = "held_at"
    fields = (
        "ceo", "programme", "by", "held_at", "channel", "outcome", "minutes", "ask",
        "ask_answer", "ask_due_date", "check_in", "withdrawn_at",
    )  # fmt: skip
    ordering = ("-held_at", "-id")
    joined = (*OF_CEO, "by", "ask", "check_in__ceo__region")
    may_add = False
    may_change = False
