"""A brief before it is sent, and made-up ones with their answers."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regions.models import Programme, Region, RegionalCEO, User
from rollout.enums import BriefAnswer, BriefState
from rollout.models import Brief
from rollout.placing.briefs import answers_context, brief_context

from .render import Preview, rendered


def brief_preview(row: Brief, writer: User, nonce: str) -> Preview:
    """The mail as its CEO will read it, in his language."""
    reader = row.ceo.user
    with translation.override(row.language), timezone.override(reader.zone):
        return rendered("brief", brief_context(row, writer), nonce)


def brief_sample(reader: User, at: datetime) -> dict[str, Any]:
    return brief_context(_brief(at), User(name=_("Liaison North"), phone="555 0100"))


def call_me_sample(reader: User, at: datetime) -> dict[str, Any]:
    said = _("Before ten, please.")
    return answers_context([_answered(at, BriefAnswer.CALL_ME, said)], at)


def brief_answer_sample(reader: User, at: datetime) -> dict[str, Any]:
    return answers_context([_answered(at, BriefAnswer.YES, "")], at)


def _answered(at: datetime, answer: BriefAnswer, sentence: str) -> Brief:
    row = _brief(at)
    row.state, row.answer = BriefState.ANSWERED, answer
    row.sentence, row.answered_at = sentence, at
    return row


def _brief(at: datetime) -> Brief:
    region = Region(pk=1, code="NORTH", name=_("North Company"))
    person = User(
        pk=1, name=_("CEO of %(region)s") % {"region": region.name}, phone="555 0100"
    )
    return Brief(
        pk=1,
        ceo=RegionalCEO(pk=1, region=region, user=person),
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        state=BriefState.SENT,
        due_date=at.date() + timedelta(days=9),
        benefit=_("The pilot closes its month in three days instead of nine."),
        source=_("report of the pilot"),
        standing=_("12 of 40 tasks are done."),
        need=_("Name one person who decides open questions."),
        why_you=_("Only you can free people from their daily work."),
        we_take_off=_("We prepare the papers and bring them; your yes is enough."),
    )
