"""A step of the playbook in words."""

from decimal import Decimal

from django import template

from pilots.changewords import hours_words, offset_words
from pilots.models import Step

register = template.Library()


@register.filter
def offset(step: Step) -> str:
    """30 days before go-live."""
    return offset_words(step)


@register.filter
def hours(effort: Decimal) -> str:
    """6.5 hours."""
    return hours_words(effort)
