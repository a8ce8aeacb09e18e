"""A step of the playbook in words."""

from django import template

from pilots.changewords import facts_of, offset_words
from pilots.models import Step

register = template.Library()


@register.filter
def offset(step: Step) -> str:
    """30 days before go-live."""
    return offset_words(step)


@register.filter
def facts(step: Step) -> str:
    """Payroll · work · 6.5 hours · needs the region."""
    return facts_of(step)
