"""Programmes, regional companies, and who leads them."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.administration import (
    RecordAdmin,
    RecordForm,
    RecordInline,
    link_to,
    name_of,
    person,
)
from regions.history import Act
from regions.models import Programme, Region, RegionalCEO, Rhythm, Versioned
from regions.services.ceos import CannotChangeCEO, appoint_ceo

from .calendars import PlaceForm
from .closing import ARCHIVE, CLOSE, OPEN, TAKE_UP
from .held import ENDS_AFTER_START, HeldFilter

PERSON = name_of("user", gettext_lazy("person"))


class EndedFilter(admin.SimpleListFilter):
    """What runs, or what does not any more."""

    column: str
    words: tuple[Any, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(zip(("no", "yes"), self.words, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class ClosedFilter(EndedFilter):
    title = gettext_lazy("state")
    parameter_name = "closed"
    column = "closed_at"
    words = (gettext_lazy("running"), gettext_lazy("closed"))


class ArchivedFilter(EndedFilter):
    title = gettext_lazy("state")
    parameter_name = "archived"
    column = "archived_at"
    words = (gettext_lazy("running"), gettext_lazy("archived"))


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    list_display = ("name", "code", "closed_at")
    list_filter = (ClosedFilter,)
    search_fields = ("name", "code")
    fields = ("name", "code", "date_shift_weeks", "closed_at")
    readonly_fields = ("date_shift_weeks", "closed_at")
    acts = (CLOSE, OPEN)
    ordering = ("name", "id")
    may_delete = True


class CEOForm(RecordForm):
    rules = {
        "ceo_ends_after_start": ENDS_AFTER_START,
        "ceo_one_current": gettext_lazy("This region has another CEO now."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new and "from_date" in self.fields:
            self.fields["from_date"].initial = timezone.localdate

    @property
    def settled_later(self) -> set[str]:
        """Who follows another is refused below, in words of its own."""
        return {"region"} if self.is_new else set()

    def clean(self) -> dict[str, Any]:
        """Here a region gets its first CEO: what waits for one passes on elsewhere."""
        data = super().clean()
        # A region that is being added itself has no number yet, and no CEO.
        region_id = getattr(data.get("region"), "pk", None)
        if self.is_new and RegionalCEO.objects.filter(region=region_id).exists():
            said = _(
                "This region has or had a CEO. A new one is named on the page of the "
                "region, where talks, asks and tasks pass on to him."
            )
            self.add_error("user", said)
        return data


class RhythmColumn:
    """The way from a region to the rhythms of its CEO."""

    @admin.display(description=gettext_lazy("rhythm"))
    def rhythm_links(self, ceo: RegionalCEO) -> SafeString | str:
        if ceo.pk is None:
            return ""
        found = [(link_to(one, one.programme),) for one in ceo.rhythms.all()]
        if found:
            return format_html_join(", ", "{}", found)
        address = reverse("admin:regions_rhythm_add", query={"ceo": ceo.pk})
        return format_html('<a href="{}">{}</a>', address, _("Add a rhythm"))


class CEOInline(RhythmColumn, RecordInline):
    """Who leads the region and who did; the first one is named here."""

    model = RegionalCEO
    form = CEOForm
    verbose_name_plural = gettext_lazy("regional CEO, and those before him")
    fields = ("user", "from_date", "to_date", "rhythm_links")
    readonly_fields = ("to_date", "rhythm_links")
    autocomplete_fields = ("user",)
    joined = ("user", "region")
    ordering = ("-from_date", "-id")
    may_change = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While somebody leads the region, nobody else is named here."""
        is_led = bool(getattr(obj, "heads", ()))
        return not is_led and super().has_add_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = Rhythm.objects.visible_to(person(request))
        rhythms = Prefetch("rhythms", seen.select_related("programme"))
        return super().get_queryset(request).prefetch_related(rhythms)


class LedFilter(admin.SimpleListFilter):
    title = gettext_lazy("CEO")
    parameter_name = "led"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("with a CEO")), ("no", _("without a CEO"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        led = RegionalCEO.objects.current().values("region")
        if self.value() == "no":
            return queryset.exclude(pk__in=led)
        return queryset.filter(pk__in=led) if self.value() == "yes" else queryset


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    form = PlaceForm
    inlines = (CEOInline,)
    list_display = ("name", "code", "ceo", "time_zone", "archived_at")
    list_filter = (ArchivedFilter, LedFilter, "time_zone", "country")
    search_fields = ("name", "code", "ceos__user__name")
    fields = (
        "name", "code", "time_zone", "working_days", "country", "subdivision", "archived_at",
    )  # fmt: skip
    readonly_fields = ("archived_at",)
    acts = (ARCHIVE, TAKE_UP)
    refusals = (CannotChangeCEO,)
    ordering = ("name", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = RegionalCEO.objects.visible_to(person(request))
        heads = seen.current().select_related("user")
        now = Prefetch("ceos", heads, to_attr="heads")
        return super().get_queryset(request).prefetch_related(now)

    @admin.display(description=gettext_lazy("regional CEO"))
    def ceo(self, region: Any) -> str:
        return region.heads[0].user.name if region.heads else ""

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        if isinstance(row, RegionalCEO):
            return appoint_ceo(row.user, row.region, from_date=row.from_date, act=act)
        return super().create(request, row, form, act)


@admin.register(RegionalCEO)
class RegionalCEOAdmin(RhythmColumn, RecordAdmin):
    form = CEOForm
    list_display = ("region", PERSON, "from_date", "to_date")
    export_fields = ("region", "user", "from_date", "to_date")
    list_filter = (HeldFilter,)
    search_fields = ("region__name", "region__code", "user__name", "user__email")
    autocomplete_fields = ("user", "region")
    fields = (
        "region", "user", "from_date", "to_date", "address_as", "rhythm_links",
    )  # fmt: skip
    ordering = ("region__name", "-from_date", "id")
    joined = ("region", "user")
    refusals = (CannotChangeCEO,)
    may_delete = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The day on which he ends is set where somebody follows him; here corrected."""
        if obj is None:
            return ("to_date", "address_as", "rhythm_links")
        fixed = ("region", "user", "rhythm_links")
        return fixed if obj.to_date else (*fixed, "to_date")

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        return appoint_ceo(row.user, row.region, from_date=row.from_date, act=act)
