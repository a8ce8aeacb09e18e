"""Columns that lists of waves and plans share."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from rollout.models import Plan

KICK_OFF_FIRST = gettext_lazy("The kick-off lies after the go-live.")


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many of these rows each row of a list has, without a query for each."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class SlipColumn:
    """By how much a go-live moved since the first promise."""

    @admin.display(description=gettext_lazy("slip in days"))
    def slip(self, plan: Plan) -> int | None:
        return plan.slip_days if plan.pk else None
