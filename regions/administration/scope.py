"""What Django's admin would show past `visible_to`: choices of filters, who needs a row."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.utils import NestedObjects
from django.db import router
from django.db.models import Model
from django.http import HttpRequest

from regions.models import Attachment, Versioned

from .requests import person

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    AnyAdmin = ModelAdmin[Any]


class VisibleRelatedFilter(RelatedFieldListFilter):
    """Offers the related rows that the reader may see; Django offers all there are."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: "AnyAdmin"
    ) -> list[tuple[str, Any]]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = field.remote_field.model._default_manager.visible_to(person(request))
        choices: list[tuple[str, Any]] = field.get_choices(
            include_blank=False,
            ordering=ordering,
            limit_choices_to={"pk__in": rows.values("pk")},
        )
        return choices


FieldListFilter.register(
    lambda field: bool(field.remote_field), VisibleRelatedFilter, take_priority=True
)


def visible_protectors(
    rows: Iterable[Model], request: HttpRequest
) -> tuple[list[Model], int]:
    """What keeps these rows from being deleted: as far as it may be seen, and how much not."""
    rows = list(rows)
    collector = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
    collector.collect(rows)
    by_model: dict[Any, set[Any]] = defaultdict(set)
    for row in [*collector.protected, *_files_on(rows)]:
        by_model[type(row)].add(row.pk)
    count = sum(map(len, by_model.values()))
    seen: list[Model] = []
    for model in sorted(by_model, key=lambda one: str(one._meta.label)):
        known = model._default_manager.visible_to(person(request))
        seen += known.filter(pk__in=by_model[model]).order_by("pk")
    return seen, count - len(seen)


def _files_on(rows: Iterable[Model]) -> list[Attachment]:
    """They hang on a row without a foreign key, yet keep it as one would."""
    taking = [row for row in rows if isinstance(row, Versioned) and row.takes_files]
    return [file for row in taking for file in Attachment.objects.of(row)]
