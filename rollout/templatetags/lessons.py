"""What becomes of lessons, for pages of the middle app: it cannot import what knows it."""

from typing import Any

from django import template

from pilots.models import Finding
from regions.models import Programme
from rollout.queries import lessons
from rollout.queries.lessons import UseCount, Uses

register = template.Library()


@register.simple_tag(takes_context=True)
def uses_in(context: dict[str, Any], programme: Programme) -> Uses:
    return lessons.uses_in(programme, context["user"])


@register.simple_tag(takes_context=True)
def uses_of(context: dict[str, Any], finding: Finding) -> Uses:
    return lessons.uses_of(finding, context["user"])


@register.filter
def of_finding(uses: Uses, number: int) -> UseCount:
    return uses.of_finding(number)


@register.filter
def of_procedure(uses: Uses, number: int) -> UseCount:
    return uses.of_procedure(number)
