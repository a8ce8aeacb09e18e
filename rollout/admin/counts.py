"""Columns that lists of waves and plans share."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from regions.models import HistoryEntry
from rollout.models import Plan

KICK_OFF_FIRST = gettext_lazy("The kick-off lies after the go-live.")


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many of these rows each row of a list has, without a query for each."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def why_moved() -> Subquery:
    """Why the go-live of each plan of a list moved last."""
    entries = HistoryEntry.objects.filter(
        model=Plan._meta.label_lower, field="go_live_date", object_id=OuterRef("pk")
    )
    last = entries.lasting().order_by("-at", "-id")
    return Subquery(last.values("reason")[:1])


class SlipColumn:
    """By how much a go-live moved since the first promise, and why it moved last."""

    @admin.display(description=gettext_lazy("slip in days"))
    def slip(self, plan: Plan) -> int | None:
        return plan.slip_days if plan.pk else None

    @admin.display(description=gettext_lazy("moved because"))
    def why(self, plan: Any) -> str:
        """Of rows that carry `why_moved`."""
        return getattr(plan, "why_moved", None) or ""
