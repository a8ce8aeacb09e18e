"""Pages over rows that people edit: each save is an act in the history, or is refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, CheckboxInput, Field
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions import history
from regions.history import Act
from regions.models import HistoryEntry, Versioned
from regions.telling import names_in

from .forms import VERSION, RecordForm, columns_of
from .once import SentOnce, is_save, key_of
from .pages import HeadquartersOnly, ListAdmin, link_to
from .requests import admin_act, person
from .scope import visible_protectors

if TYPE_CHECKING:
    AnyTabular = admin.TabularInline[Any, Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyTabular = admin.TabularInline
    AnyFormSet = BaseInlineFormSet

HISTORY_PAGE = 50


class RecordAdmin(SentOnce, ListAdmin):
    """A versioned model: the form compares versions, the history saves."""

    form = RecordForm
    # What a service raises when it will not; told to the user as it stands.
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    # --- The form ---

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row; locked when it is about to be saved, so that versions can be compared."""
        row = super().get_object(request, object_id, from_field)
        if row is None or not is_save(request):
            return row
        return history.lock(self.get_queryset(request), row.pk)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """As declared, and the version that the form was shown with."""
        sets: list[Any] = list(super().get_fieldsets(request, obj))
        if obj is not None and self.has_change_permission(request, obj):
            name, options = sets[0]
            sets[0] = (name, {**options, "fields": [*options["fields"], VERSION]})
        return sets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {"form_key": key_of(request), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except self.refusals as refusal:
            said = str(refusal)
        except IntegrityError:
            said = _("Nothing was saved: this contradicts a row that exists already.")
        return self._refused(request, said)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except self.refusals as refusal:
            return self._refused(request, str(refusal))

    def _refused(self, request: HttpRequest, said: str) -> HttpResponseRedirect:
        self.message_user(request, said, messages.ERROR)
        return redirect(request.get_full_path())

    # --- Saving ---

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        request.saved = obj  # type: ignore[attr-defined]
        if change:
            self._save(request, self.get_queryset(request), obj, form)
            return
        saved = self.create(request, obj, form, admin_act(request))
        obj.pk, obj.version = saved.pk, saved.version
        obj._state.adding = False

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        """The rows below the form, in the same act."""
        act = admin_act(request)
        formset.save(commit=False)
        for row in formset.deleted_objects:
            self.remove(row, act)
        for row, _names in formset.changed_objects:
            [row_form] = [one for one in formset.initial_forms if one.instance is row]
            self._save(request, formset.model._default_manager.all(), row, row_form)
        for row in formset.new_objects:
            self.create(request, row, form, act)

    def _save(
        self, request: HttpRequest, rows: QuerySet[Any], obj: Any, form: Any
    ) -> None:
        """The form has already changed `obj`; the row is read again to tell what changed."""
        row = history.lock(rows, obj.pk)
        values = {name: form.cleaned_data[name] for name in columns_of(form)}
        self.update(request, row, values, admin_act(request))
        obj.version = row.version

    def create(self, request: HttpRequest, row: Any, form: Any, act: Act) -> Versioned:
        """Save a new row of this model, or one below it; where there is a service, by it."""
        saved: Versioned = history.create(row, act)
        return saved

    def update(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], act: Act
    ) -> None:
        """Save what the form says of a locked row."""
        history.change(row, values, act)

    def remove(self, row: Any, act: Act) -> None:
        """Delete a locked row of this model, or one below it."""
        history.delete(row, act)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """What needs the row is named as far as the reader may know it."""
        gone, counts, lacking, _protected = super().get_deleted_objects(objs, request)
        seen, hidden = visible_protectors(objs, request)
        protected: list[Any] = [
            format_html("{}: {}", capfirst(row._meta.verbose_name), link_to(row))
            for row in seen
        ]
        if hidden:
            more = ngettext("%(n)d other row", "%(n)d other rows", hidden)
            protected.append(more % {"n": hidden})
        return gone, counts, lacking, protected

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, admin_act(request))

    # --- The history, instead of Django's log ---

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What changed on a row, as far as the reader may know it."""
        if is_save(request):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        entries = HistoryEntry.objects.visible_to(person(request)).of(row)
        newest = entries.select_related("by").order_by("-id")
        return self._history_page(request, row, newest, extra_context or {})

    def _history_page(
        self,
        request: HttpRequest,
        row: Any,
        entries: QuerySet[HistoryEntry],
        extra_context: dict[str, Any],
    ) -> TemplateResponse:
        pages = self.get_paginator(request, entries, HISTORY_PAGE)
        page = pages.get_page(request.GET.get(PAGE_VAR))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": row},
            "subtitle": None,
            "changes": page,
            "names": names_in(page, person(request)),
            "page_range": pages.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": row,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **extra_context,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class RecordFormSet(AnyFormSet):
    def get_deletion_widget(self) -> CheckboxInput:  # type: ignore[override]
        """Its name stands only in the head of the table."""
        return CheckboxInput(attrs={"aria-label": _("Delete")})


class RecordInline(HeadquartersOnly, AnyTabular):
    """Rows of a versioned model below the form of another."""

    form = RecordForm
    formset = RecordFormSet
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Locked when they are about to be saved; the form above runs in a transaction."""
        rows = super().get_queryset(request)
        return rows.select_for_update(of=("self",)) if is_save(request) else rows

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """In a table only the head of a column names its fields; each says its name too."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = capfirst(field.label)
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = list(super().get_fields(request, obj))
        return [*names, VERSION] if self.has_change_permission(request, obj) else names


class LedgerInline(HeadquartersOnly, AnyTabular):
    """Rows of a ledger below the row that they tell of; only to read."""

    may_add = False
    may_change = False
    extra = 0
