"""Which plans do not follow a version yet, for pages of the middle app: it cannot import
what knows plans."""

from typing import Any

from django import template

from pilots.models import Procedure
from rollout.access import can_push_change
from rollout.queries.pushing import behind_of

register = template.Library()


@register.inclusion_tag("rollout/_carry_link.html", takes_context=True)
def carry_link(context: dict[str, Any], procedure: Procedure) -> dict[str, Any]:
    """The way to carry a published version into plans, for who may and where any is behind."""
    user = context["user"]
    may = not procedure.is_draft and bool(can_push_change(user))
    return {"procedure": procedure, "count": behind_of(procedure, user) if may else 0}
