"""People and the roles they hold."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from regions.administration import (
    LedgerAdmin,
    RecordAdmin,
    RecordForm,
    RecordInline,
    name_of,
    person,
)
from regions.history import Act
from regions.models import Absence, Membership, User, Versioned
from regions.services.roles import CannotEndRole, keep_headquarters

from .acts import REVOKE_LINKS
from .calendars import PlaceForm
from .held import ENDS_AFTER_START, HeldFilter

PERSON = name_of("user", gettext_lazy("person"))
DEPUTY = name_of("deputy", gettext_lazy("deputy"))
HELD_ALREADY = gettext_lazy("This person holds this role already.")


class MembershipForm(RecordForm):
    rules = {
        "membership_ends_after_start": ENDS_AFTER_START,
        "membership_region_fits_role": gettext_lazy(
            "CIO, headquarters and auditors hold their role for the whole group; "
            "every other role needs a region."
        ),
        "membership_open_once_in_region": HELD_ALREADY,
        "membership_open_once_in_group": HELD_ALREADY,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new and "from_date" in self.fields:
            # Days of memberships are counted in UTC.
            self.fields["from_date"].initial = lambda: timezone.now().date()


class KeepsHeadquarters(RecordAdmin):
    """Neither here does the last one at headquarters lose his role."""

    refusals = (CannotEndRole,)

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        keep_headquarters(row, values, act)
        super().update(request, row, values, act)

    def remove(self, row: Any, act: Act) -> None:
        keep_headquarters(row, {"role": ""}, act)
        super().remove(row, act)


class MembershipInline(RecordInline):
    model = Membership
    form = MembershipForm
    fields = ("role", "region", "from_date", "to_date")
    autocomplete_fields = ("region",)
    joined = ("user", "region")
    ordering = ("to_date", "role", "id")
    may_delete = True


class UserForm(PlaceForm):
    rules = {
        "user_left_has_no_login": gettext_lazy(
            "This person left. Invite him again on the page of people."
        ),
    }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(KeepsHeadquarters):
    form = UserForm
    inlines = (MembershipInline,)
    acts = (REVOKE_LINKS,)
    list_display = ("name", "email", "phone", "roles", "may_sign_in")
    list_filter = ("may_sign_in", "memberships__role", "language")
    search_fields = ("name", "email", "phone")
    ordering = ("name", "id")
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "language")}),
        (
            gettext_lazy("Working time"),
            {
                "fields": (
                    "time_zone",
                    "working_days",
                    "hours_per_week",
                    "country",
                    "subdivision",
                )
            },
        ),
        (
            gettext_lazy("Sign-in"),
            {
                "fields": ("may_sign_in",),
                "description": gettext_lazy(
                    "Passwords are never set here. Who may sign in asks for a link on the "
                    "sign-in page, gets it by mail, and may choose a password then."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        reader = person(request)
        seen = Membership.objects.visible_to(reader).select_related("region")
        now = seen.held_on(reader.moment)
        held = Prefetch("memberships", now.order_by("role", "id"), to_attr="held_now")
        return super().get_queryset(request).prefetch_related(held)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: Any) -> str:
        return ", ".join(
            f"{held.get_role_display()} {held.region.name if held.region else ''}".strip()
            for held in user.held_now
        )

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        if isinstance(row, User):
            row.set_unusable_password()
        return super().create(request, row, form, act)


@admin.register(Membership)
class MembershipAdmin(KeepsHeadquarters):
    form = MembershipForm
    list_display = (PERSON, "role", "region", "from_date", "to_date")
    export_fields = ("user", "role", "region", "from_date", "to_date")
    list_filter = ("role", HeldFilter)
    search_fields = ("user__name", "user__email", "region__name", "region__code")
    autocomplete_fields = ("user", "region")
    fields = ("user", "role", "region", "from_date", "to_date")
    ordering = ("user__name", "id")
    joined = ("user", "region")
    may_delete = True


@admin.register(Absence)
class AbsenceAdmin(LedgerAdmin):
    """On the page of a person they are entered and changed, by the rules of the service."""

    list_display = (PERSON, "from_date", "last_date", DEPUTY)
    search_fields = ("user__name", "user__email", "deputy__name", "deputy__email")
    fields = ("user", "from_date", "last_date", "deputy")
    ordering = ("-from_date", "id")
    joined = ("user", "deputy")
