"""What the booklet of the playbook says, in the active language."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pilots.changewords import facts_of
from pilots.models import Finding, Procedure, Step
from pilots.queries import with_lessons
from regions.models import Programme
from regions.wording import capital, full_day, sentences
from rollout.booklet import Booklet, Entry, Section
from rollout.queries.taskparts import steps_told


def booklet_of(
    programme: Programme, procedures: QuerySet[Procedure], at: datetime
) -> Booklet:
    """Of the procedures that are given. Three queries."""
    rows = with_lessons(procedures.order_by("position", "name", "id"))
    steps = sum(len(row.steps.all()) for row in rows)
    said = ngettext("%(n)d step", "%(n)d steps", steps) % {"n": steps}
    day = full_day(timezone.localtime(at).date())
    return Booklet(
        over=programme.name,
        title=rows[0].name if len(rows) == 1 else _("Playbook"),
        under=_("%(steps)s. As of %(day)s.") % {"steps": said, "day": day},
        contents=_("Contents"),
        sections=[_section(row) for row in rows],
        language=get_language() or "en",
        dated_at=at,
    )


def _section(row: Procedure) -> Section:
    number = _("Version %(number)d") % {"number": row.number}
    if row.published_at is None:
        said = pgettext("procedure", "%(version)s, a draft.") % {"version": number}
    else:
        day = full_day(timezone.localtime(row.published_at).date())
        said = _("%(version)s, published on %(day)s.")
        said %= {"version": number, "day": day}
    under = sentences([said, _("Days count from go-live.")])
    return Section(row.name, under, [_entry(step) for step in row.steps.all()])


def _entry(step: Step) -> Entry:
    taught: list[Finding] = step.lessons  # type: ignore[attr-defined] # by with_lessons
    return Entry(
        days=f"{step.offset_days:+d}" if step.offset_days else "0",
        unit=step.get_offset_unit_display(),
        title=step.title,
        facts=facts_of(step),
        note=step.note,
        how=steps_told(step.how_to),
        taught=[_lesson(one) for one in taught],
    )


def _lesson(one: Finding) -> str:
    """Problem: customers were listed twice. Do differently: clean the list first."""
    kind = _("%(kind)s: %(text)s") % {
        "kind": capital(one.get_kind_display()),
        "text": one.title,
    }
    if not one.recommendation:
        return kind
    told = _("Do differently: %(text)s.") % {"text": one.recommendation.rstrip(".。")}
    return sentences([_("%(sentence)s.") % {"sentence": kind.rstrip(".。")}, told])
