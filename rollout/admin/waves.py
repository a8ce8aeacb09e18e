"""Waves, and the regions that go live in each."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, RecordForm, RecordInline, person
from rollout.models import Plan, Wave

from .counts import KICK_OFF_FIRST, SlipColumn, count_of, why_moved


class WaveForm(RecordForm):
    rules = {"wave_kick_off_before_go_live": KICK_OFF_FIRST}


class PlanInline(SlipColumn, RecordInline):
    """The regions of a wave; a plan is added and moved on its own page."""

    model = Plan
    fields = ("kick_off_date", "first_go_live_date", "go_live_date", "slip", "why")
    readonly_fields = ("slip", "why")
    joined = ("region", "wave")
    ordering = ("region__name", "id")
    may_add = False
    may_change = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        explained: QuerySet[Any] = rows.annotate(why_moved=why_moved())
        return explained


@admin.register(Wave)
class WaveAdmin(RecordAdmin):
    form = WaveForm
    inlines = (PlanInline,)
    list_display = (
        "name", "programme", "kick_off_date", "go_live_date", "opened_at", "regions",
    )  # fmt: skip
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    date_hierarchy = "go_live_date"
    autocomplete_fields = ("programme",)
    ordering = ("go_live_date", "id")
    joined = ("programme", "opened_by")
    may_delete = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "programme",
                    "name",
                    "kick_off_date",
                    "go_live_date",
                    "opened_at",
                    "opened_by",
                    "overruled_reason",
                ),
                "description": gettext_lazy(
                    "A new plan begins with these dates. Plans that exist keep theirs; "
                    "each region's go-live is moved on its own page, with a reason. "
                    "A wave is opened on its own page too."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        plans = Plan.objects.visible_to(person(request)).filter(wave=OuterRef("pk"))
        rows = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(regions_count=count_of(plans, "wave"))
        return counted

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        opened = ("opened_at", "opened_by", "overruled_reason")
        return opened if obj is None else ("programme", *opened)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Why somebody opened it against what was missing stays for ever."""
        is_kept = obj is not None and bool(obj.overruled_reason)
        return not is_kept and super().has_delete_permission(request, obj)

    @admin.display(description=gettext_lazy("regions"), ordering="regions_count")
    def regions(self, wave: Any) -> int:
        return int(wave.regions_count)
