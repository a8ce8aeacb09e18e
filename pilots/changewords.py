"""What differs between two versions of a step, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.changes import BEFORE, FieldChange, StepChange
from pilots.enums import OffsetUnit
from pilots.models import Step
from regions.wording import listed

Titles = Mapping[UUID, str]


@dataclass(frozen=True)
class Line:
    """One field: its name, what it said and what it says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One step that differs. `what` is new, changed or gone."""

    step: Step
    what: str
    lines: list[Line]

    @property
    def label(self) -> str:
        return {"new": _("new"), "changed": _("changed"), "gone": _("given up")}[
            self.what
        ]


def told(change: StepChange, titles: Titles) -> Told:
    what = "new" if change.is_new else "gone" if change.is_gone else "changed"
    lines = [field_line(one, change.step, titles) for one in change.fields]
    return Told(change.step, what, lines)


def field_line(change: FieldChange, step: Step, titles: Titles) -> Line:
    """The field in words, as the forms call it."""
    column: Any = Step._meta.get_field(change.field)
    label = str(column.verbose_name)
    before, after = (
        value_words(change.field, value, titles)
        for value in (change.before, change.after)
    )
    return Line(label[:1].upper() + label[1:], before, after)


def value_words(name: str, value: Any, titles: Titles) -> str:
    """What a field of a step says; a dash where it says nothing."""
    if name == BEFORE:
        return listed(sorted(titles[key] for key in value)) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(Step._meta.get_field(name), "choices", None) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(value, Decimal):
        return hours_words(value)
    return "–" if value in (None, "") else str(localize(value))


def hours_words(effort: Decimal) -> str:
    """6.5 hours."""
    return _("%(hours)s hours") % {"hours": localize(effort.normalize() + 0)}


def facts_of(step: Step) -> str:
    """Who does it and what it is: payroll · work · 6.5 hours · needs the region."""
    facts = [step.function or step.get_role_display(), step.get_kind_display()]
    if step.effort_hours is not None:
        facts.append(hours_words(step.effort_hours))
    if step.needs_region:
        facts.append(_("needs the region"))
    if step.helper_ready:
        facts.append(_("ready for a helper"))
    if step.needs_confirmation:
        facts.append(_("needs confirmation"))
    return " · ".join(facts)


def offset_words(step: Step) -> str:
    """30 days before go-live; 5 working days after go-live; on the day of go-live."""
    n = abs(step.offset_days)
    if n == 0:
        return _("on the day of go-live")
    is_before = step.offset_days < 0
    if step.offset_unit == OffsetUnit.WORKING_DAY:
        said = (
            ngettext(
                "%(n)d working day before go-live",
                "%(n)d working days before go-live",
                n,
            )
            if is_before
            else ngettext(
                "%(n)d working day after go-live",
                "%(n)d working days after go-live",
                n,
            )
        )
    else:
        said = (
            ngettext("%(n)d day before go-live", "%(n)d days before go-live", n)
            if is_before
            else ngettext("%(n)d day after go-live", "%(n)d days after go-live", n)
        )
    return said % {"n": n}
