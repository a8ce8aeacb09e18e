"""Booked talks with CEOs; whoever is invited is told as from the page on which they are booked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.forms import ChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, RecordForm
from regions.calendar import today
from regions.enums import Channel, CheckInState
from regions.history import Act
from regions.models import CheckIn, RegionalCEO, Versioned
from regions.services.checkins import CannotBook, Slot
from rollout.services.bookings import book_check_in, cancel_check_in, move_check_in

WHEN = ("day_date", "at_time", "minutes", "channel")


class CheckInForm(RecordForm):
    rules = {
        "check_in_one_planned": gettext_lazy(
            "Another talk with this CEO is planned already."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(state := self.fields.get("state"), ChoiceField):
            kept = (CheckInState.PLANNED, CheckInState.CANCELLED)
            state.choices = [(one.value, one.label) for one in kept]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        ceo = data.get("ceo") or (None if self.is_new else self.instance.ceo)
        day: date | None = data.get("day_date")
        if ceo and day and "day_date" in self.changed_data:
            self._refuse_the_past(day, ceo)
        if "state" in data:
            self._insist_on_one_act(data)
        return data

    def _refuse_the_past(self, day: date, ceo: RegionalCEO) -> None:
        if day < today(ceo.region, timezone.now()):
            self.add_error("day_date", _("This day has passed."))

    def _insist_on_one_act(self, data: Mapping[str, Any]) -> None:
        """A talk is moved, or it is left out with a reason."""
        if data["state"] != CheckInState.CANCELLED:
            if data.get("reason"):
                self.add_error("reason", _("Only a talk that is left out has one."))
            return
        if not data.get("reason"):
            self.add_error("reason", _("Say why the talk is left out."))
        if set(self.changed_data) & set(WHEN):
            self.add_error("state", _("Move the talk or leave it out, not both."))


@admin.register(CheckIn)
class CheckInAdmin(RecordAdmin):
    """Only a talk that is logged keeps one; here they are booked, moved or cancelled."""

    form = CheckInForm
    refusals = (CannotBook,)
    list_display = ("day_date", "ceo", "programme", "state")
    list_filter = ("state", "programme")
    search_fields = ("ceo__region__name", "ceo__region__code", "ceo__user__name")
    date_hierarchy = "day_date"
    autocomplete_fields = ("ceo", "programme")
    fields = ("ceo", "programme", *WHEN, "state", "reason")
    ordering = ("-day_date", "-id")
    joined = ("ceo__region", "ceo__user", "programme")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        planned = obj is None or obj.state == CheckInState.PLANNED
        return planned and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("state", "reason") if obj is None else ("ceo", "programme")

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        return book_check_in(row.ceo, row.programme, _slot_of(row, {}), act=act)

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        version = row.version
        if values.get("state") == CheckInState.CANCELLED:
            reason = values["reason"]
            saved = cancel_check_in(row, reason=reason, version=version, act=act)
        else:
            slot = _slot_of(row, values)
            saved = move_check_in(row, slot, version=version, act=act)
        row.version = saved.version


def _slot_of(row: CheckIn, values: Mapping[str, Any]) -> Slot:
    """When the form wants the talk; what it does not say stays."""
    day, at_time, minutes, channel = (
        values.get(name, getattr(row, name)) for name in WHEN
    )
    return Slot(day, at_time, minutes, Channel(channel))
