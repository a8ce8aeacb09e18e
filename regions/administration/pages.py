"""Pages over rows: who may see them, their list, its export, and ledgers only to read."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import (
    IS_POPUP_VAR,
    BaseModelAdmin,
    IncorrectLookupParameters,
)
from django.contrib.admin.utils import quote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import DateField, Model, QuerySet
from django.forms import Field as FormField
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from regions.access import can_use_admin
from regions.models import User
from regions.privacy import private_fields, reaches_private
from regions.sheets import XLSX, write_xlsx

from .acts import RowsAct
from .forms import DateInput, Suggestions, WeekdaysField, ZoneField
from .requests import person
from .tables import header_of, values_of

if TYPE_CHECKING:
    AnyBase = BaseModelAdmin[Any]
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyBase = BaseModelAdmin
    AnyAdmin = admin.ModelAdmin

FORM_CLASSES = {"working_days": WeekdaysField, "time_zone": ZoneField}
# What a browser ticks; nothing else is looked for in the database.
NUMBER = re.compile(r"[0-9]{1,18}")


def link_to(row: Model, text: object = None) -> SafeString:
    """A link to the admin page of a row; plain text where it has none, as a comment."""
    meta = row._meta
    if not admin.site.is_registered(type(row)):
        return conditional_escape(str(row if text is None else text))
    url = reverse(
        f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(row.pk)]
    )
    return format_html('<a href="{}">{}</a>', url, row if text is None else text)


def name_of(path: str, label: Any) -> Any:
    """A column with the name of a person; the address would fill the list."""

    @admin.display(description=label, ordering=f"{path}__name")
    def name(row: Any) -> str | None:
        somebody: User | None = getattr(row, path)
        return somebody.name if somebody else None

    return name


class HeadquartersOnly(AnyBase):
    """Every permission by role, every row through `visible_to`, nothing queried per row."""

    may_add = True
    may_change = True
    may_delete = False
    # Read together with each row, for lists, suggestions and the form alike.
    joined: ClassVar[Sequence[str]] = ()
    formfield_overrides: ClassVar[Any] = {DateField: {"widget": DateInput}}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can_use_admin(person(request)))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and self.has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        every: Any = super().get_queryset(request)
        rows: QuerySet[Any] = every.visible_to(person(request))
        return rows.select_related(*self.joined) if self.joined else rows

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> QuerySet[Any] | None:
        """What may be chosen is what the admin of the other model shows."""
        other = self.admin_site.get_model_admin(db_field.remote_field.model)
        return other.get_queryset(request)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Suggestions(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        if form_class := FORM_CLASSES.get(db_field.name):
            kwargs |= {"form_class": form_class, "widget": form_class.widget}
        if db_field.name in private_fields(self.model):
            return None
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            # Beside a choice one may add and change; what is deleted has its own page.
            widget.can_delete_related = widget.can_view_related = False
        return field


class ListAdmin(HeadquartersOnly, AnyAdmin):
    """A list with search, filters and its export; what is done to ticked rows are `acts`."""

    actions = None
    acts: ClassVar[Sequence[RowsAct]] = ()
    list_per_page = 50
    show_full_result_count = False
    # The columns of the export; those of the list unless given.
    export_fields: ClassVar[Sequence[Any]] = ()
    has_history = True

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(require_safe(self.export_view))
        return [path("export/", view, name=name), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The acts that the reader may do; none in a window that only chooses a row."""
        if IS_POPUP_VAR in request.GET:
            return {}
        user = person(request)
        may = [act for act in self.acts if act.may(user)]
        return {act.name: (act.take, act.name, act.label) for act in may}

    def response_action(  # type: ignore[override] # as of a later Django
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> Any:
        """A made-up address may tick what is no row's number, which no database takes."""
        for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not NUMBER.fullmatch(ticked):
                raise SuspiciousOperation(ACTION_CHECKBOX_NAME)
        return super().response_action(request, queryset)

    def lookup_allowed(
        self,
        lookup: str,
        value: str,
        request: HttpRequest,
    ) -> bool:
        """What no page shows cannot be guessed through a filter in the address either."""
        if lookup.partition("__")[0] == "password" or reaches_private(
            self.model, lookup
        ):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """PostgreSQL takes no zero byte, which a made-up address may hold."""
        return super().get_search_results(
            request, queryset, search_term.replace("\x00", "")
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Every row that the list has under its filters, not only the page one sees."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
            )
        columns: Sequence[Any] = self.export_fields or self.get_list_display(request)
        title = str(capfirst(self.opts.verbose_name_plural))
        data = write_xlsx(
            title, header_of(self, columns), values_of(self, columns, rows)
        )
        name = f"{title} {person(request).moment:%Y-%m-%d}.xlsx"
        disposition = content_disposition_header(True, name)  # noqa: FBT003 - as attachment
        headers = {"Content-Disposition": disposition or ""}
        return HttpResponse(data, content_type=XLSX, headers=headers)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["has_history"] = self.has_history
        return super().render_change_form(request, context, *args, **kwargs)


class LedgerAdmin(ListAdmin):
    """Rows that the product writes and nobody edits; they keep no history of their own."""

    may_add = False
    may_change = False
    has_history = False

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        raise Http404
