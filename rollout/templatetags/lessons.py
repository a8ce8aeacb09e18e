"""What becomes of lessons, for pages of the middle app: it cannot import what knows it."""

from typing import Any

from django import template

from pilots.models import Finding, Procedure
from regions.models import Programme
from rollout.queries import lessonuse
from rollout.queries.lessonuse import UseCount, Uses

register = template.Library()


@register.simple_tag(takes_context=True)
def uses_in(context: dict[str, Any], programme: Programme) -> Uses:
    return lessonuse.uses_in(programme, context["user"])


@register.simple_tag(takes_context=True)
def uses_of(context: dict[str, Any], finding: Finding) -> Uses:
    return lessonuse.uses_of(finding, context["user"])


@register.inclusion_tag("rollout/_review_card.html", takes_context=True)
def lesson_review(context: dict[str, Any], procedure: Procedure) -> dict[str, Any]:
    """How the lessons of a procedure were answered, in front of who writes its next
    version."""
    user = context["user"]
    lines = lessonuse.review_lines(procedure.programme, user, procedure.name)
    return {"lines": lines, "is_whole": user.standing.sees_all}


@register.filter
def of_finding(uses: Uses, number: int) -> UseCount:
    return uses.of_finding(number)


@register.filter
def of_procedure(uses: Uses, procedure: Procedure) -> UseCount:
    """Of all its versions."""
    return uses.of_procedure(procedure.name)
