"""The draft of a brief, from the facts of the day. Its reader's language is active.

Nothing private goes in: not how a CEO stands, what to be careful with, or how his region
does beside others.
"""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.models import Finding
from regions.enums import AskKind
from regions.models import Ask
from regions.queries import Engagement
from regions.wording import asked, capital, day, sentences
from rollout.enums import TaskState
from rollout.models import Plan, Task
from rollout.models.brief import TEXT_LENGTH
from rollout.queries.callsheet import CallSheet
from rollout.queries.sheetfacts import SheetFacts


def draft_of(
    one: Engagement, facts: SheetFacts, sheet: CallSheet, ask: Ask, due: date
) -> dict[str, str]:
    """The six texts, each no longer than its field."""
    programme = one.rhythm.programme_id
    plan = facts.plans.get((programme, one.region.pk))
    texts = {
        "benefit": _benefit(sheet.example),
        "source": _source(sheet.example),
        "standing": _standing(plan, one.day) if plan else "",
        "need": _sentence(asked(ask.text, due, one.day)),
        "why_you": _why_you(AskKind(ask.kind)),
        "we_take_off": _help([one.text for one in sheet.by_us]),
    }
    return {name: text[:TEXT_LENGTH] for name, text in texts.items()}


def _benefit(figure: Finding | None) -> str:
    if figure is None:
        return ""
    said = {"title": figure.title.rstrip(".。"), "effect": figure.effect.rstrip(".。")}
    return _sentence(
        _("%(title)s: %(effect)s") % said if figure.effect else said["title"]
    )


def _source(figure: Finding | None) -> str:
    if figure is None:
        return ""
    return figure.source or figure.wave_name


def _standing(plan: Plan, now: date) -> str:
    """How much is done, and the go-live."""
    kept = Task.objects.filter(plan=plan).exclude(state=TaskState.DROPPED)
    states = list(kept.values_list("state", flat=True))
    done, count = states.count(TaskState.DONE), len(states)
    tasks = ngettext(
        "%(done)d of %(n)d task is done.", "%(done)d of %(n)d tasks are done.", count
    ) % {"done": done, "n": count}
    go_live = (
        _("The go-live is on %(day)s.")
        if plan.go_live_date >= now
        else _("The go-live was on %(day)s.")
    )
    parts = [tasks] if count else []
    return sentences([*parts, go_live % {"day": day(plan.go_live_date)}])


def _why_you(kind: AskKind) -> str:
    reasons = {
        AskKind.KICK_OFF: _("Your word on the day makes it everybody's day."),
        AskKind.PEOPLE: _("Only you can free people from their daily work."),
        AskKind.DIFFICULTY: _("What you name as difficult is solved first."),
        AskKind.DECISION: _("Only you can decide this for the whole company."),
        AskKind.INFORMATION: _("Only you can say this for the whole company."),
    }
    return reasons[kind]


def _help(promises: list[str]) -> str:
    """What we promised him already, else what we do in any case."""
    if promises:
        return _sentence(_("We have promised: %(what)s") % {"what": promises[0]})
    return _("We prepare the papers and bring them; your yes is enough.")


def _sentence(text: str) -> str:
    text = capital(text.strip())
    return text if text.endswith((".", "。", "!", "！", "?", "？")) else text + _(".")
