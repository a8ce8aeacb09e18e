"""Keeps private fields out of the admin: what names one is refused at the start."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ImproperlyConfigured

from regions.privacy import reaches_private

# All that an admin shows, searches, sorts or exports by name.
NAMING = (
    "list_display", "list_display_links", "list_editable", "list_filter",
    "search_fields", "ordering", "readonly_fields", "autocomplete_fields",
    "raw_id_fields", "sortable_by", "export_fields", "joined",
)  # fmt: skip


def refuse_private(admin_class: Any, model: Any) -> None:
    """Raises ImproperlyConfigured when an admin, or an inline of it, names a private field."""
    inlines = [(one, one.model) for one in getattr(admin_class, "inlines", ())]
    for one, kind in ((admin_class, model), *inlines):
        for name in _names(one):
            if reaches_private(kind, name):
                raise ImproperlyConfigured(
                    f"{one.__name__} names {name}, which is private: regions/privacy.py"
                )


def _names(admin_class: Any) -> Iterator[str]:
    """Every path; callables among the columns name no field."""
    named = [getattr(admin_class, attribute, None) or () for attribute in NAMING]
    fieldsets: Any = admin_class.fieldsets or (
        (None, {"fields": admin_class.fields or ()}),
    )
    named += [
        flatten_fieldsets(fieldsets),
        [getattr(admin_class, "date_hierarchy", None)],
    ]
    for names in named:
        for name in names:
            path = name[0] if isinstance(name, tuple) else name
            if isinstance(path, str):
                yield path
