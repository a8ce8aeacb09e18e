"""Where people and companies are, as far as public holidays go, and corrections of these."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, RecordForm
from regions.models import Blackout, Holiday
from regions.validators import validate_place


class PlaceForm(RecordForm):
    """Refuses countries and states whose public holidays nobody knows."""

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"]).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        try:
            validate_place(data.get("country", ""), data.get("subdivision", ""))
        except ValidationError as faults:
            self.add_error(None, faults)
        return data


@admin.register(Holiday)
class HolidayAdmin(RecordAdmin):
    form = PlaceForm
    list_display = ("name", "day_date", "country", "subdivision", "is_worked")
    list_filter = ("is_worked", "country")
    search_fields = ("name", "country", "subdivision")
    fields = ("name", "day_date", "country", "subdivision", "is_worked")
    date_hierarchy = "day_date"
    ordering = ("-day_date", "country", "subdivision", "id")
    may_delete = True


class BlackoutForm(RecordForm):
    rules = {
        "blackout_ends_after_start": gettext_lazy("The last day is before the first.")
    }


@admin.register(Blackout)
class BlackoutAdmin(RecordAdmin):
    form = BlackoutForm
    list_display = ("reason", "first_date", "last_date", "programme", "region")
    list_filter = ("programme",)
    search_fields = ("reason", "programme__name", "region__name", "region__code")
    autocomplete_fields = ("programme", "region")
    fields = ("programme", "region", "first_date", "last_date", "reason")
    date_hierarchy = "first_date"
    ordering = ("-first_date", "id")
    joined = ("programme", "region")
    may_delete = True
