"""What the mail to a CEO places, its page of paper, and the mails that tell his answer."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regions.models import User
from regions.wording import capital, ceo_of, day, full_day, moment
from rollout.enums import BriefAnswer, DutyKind
from rollout.links import BRIEF, BRIEF_LINK, PAUSE
from rollout.models import Brief, Duty
from rollout.paper import Page
from rollout.placing import BLOCKS, page
from rollout.placing.writing import Part
from rollout.queries.letters import Facts


def subject_of(brief: Brief) -> str:
    said = {
        "region": brief.ceo.region.name,
        "programme": brief.programme.name,
        "day": day(brief.due_date),
    }
    return (
        pgettext(
            "subject",
            "%(region)s, %(programme)s: one decision needed by %(day)s (2 min)",
        )
        % said
    )


def greeting(brief: Brief) -> str:
    who = brief.ceo.address_as or brief.ceo.user.name
    return pgettext("letter", "Dear %(who)s,") % {"who": who}


def brief_context(brief: Brief, writer: User) -> dict[str, Any]:
    """What the templates of E2 place."""
    return {
        "brief": brief,
        "subject": subject_of(brief),
        "greeting": greeting(brief),
        "writer": writer,
        "programme": brief.programme,
        "region": brief.ceo.region.name,
        "answers": [(one.value, one.label) for one in BriefAnswer],
        "days": BRIEF_LINK.lasts.days,
        "link": BRIEF,
    }


def page_of(brief: Brief, writer: User, at: datetime) -> Page:
    """The page of paper, in the active language."""
    texts = [
        (_("What your company gains"), _with_source(brief)),
        (_("Where your company stands"), brief.standing),
        (_("The one thing we need"), brief.need),
        (_("Why you"), brief.why_you),
        (_("What we take off your hands"), brief.we_take_off),
    ]
    phone = f" · {writer.phone}" if writer.phone else ""
    today = full_day(at.astimezone(brief.ceo.region.zone).date())
    return Page(
        over=f"{brief.programme.name} · {brief.ceo.region.name} · {today}",
        title=subject_of(brief),
        sections=[(head, text) for head, text in texts if text],
        main=[text for _head, text in texts if text].index(brief.need),
        foot=[
            greeting_of_foot(brief),
            f"{writer.name}{phone}",
            _("The answer takes one tap in the mail; a reply is fine, too."),
        ],
        language="zh-Hans" if brief.language.startswith("zh") else "en",
        dated_at=at,
    )


def greeting_of_foot(brief: Brief) -> str:
    return _("For the %(ceo)s") % {"ceo": ceo_of(brief.ceo.region)}


def _with_source(brief: Brief) -> str:
    if not (brief.benefit and brief.source):
        return str(brief.benefit)
    said = {"benefit": brief.benefit, "source": brief.source}
    return pgettext("figure", "%(benefit)s (%(source)s)") % said


# --- Parts ---------------------------------------------------------------------------


def brief_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """E2: the one thing that a CEO is asked, with its three answers."""
    told = {duty.object_id for duty in duties if duty.kind == DutyKind.BRIEF}
    row = next(
        (
            one
            for one in facts.briefs
            if one.pk in told and one.ceo.user_id == recipient.pk and one.is_out
        ),
        None,
    )
    if row is None or row.writer is None:
        return None
    return Part(
        "brief",
        brief_context(row, row.writer),
        row.programme,
        frozenset({row.ceo.region.code}),
        row.writer,
        facts.liaisons.get(row.ceo.region_id),
    )


def call_me_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """A CEO who wants to be called."""
    return _answers_part("call-me", DutyKind.CALL_ME, duties, facts)


def answer_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What a CEO answered that can wait until the planned mail."""
    return _answers_part("brief-answer", DutyKind.BRIEF_ANSWER, duties, facts)


def _answers_part(
    name: str, kind: DutyKind, duties: list[Duty], facts: Facts
) -> Part | None:
    told = {duty.object_id for duty in duties if duty.kind == kind}
    found = [one for one in facts.briefs if one.pk in told and one.answer]
    if not found:
        return None
    return Part(
        name,
        answers_context(found, facts.at),
        found[0].programme,
        frozenset(one.ceo.region.code for one in found),
    )


def answers_context(found: list[Brief], at: datetime) -> dict[str, Any]:
    """What the mails to the liaison place: each answer, and how to reach the CEO."""
    lines = [
        {
            "who": capital(ceo_of(one.ceo.region)),
            "answer": BriefAnswer(one.answer).label,
            "sentence": one.sentence,
            "need": one.need,
            "phone": one.ceo.user.phone,
            "when": moment(one.answered_at.astimezone(one.ceo.region.zone))
            if one.answered_at
            else "",
            "url": page("rollout:call-sheet", one.ceo.region.code),
        }
        for one in found[:BLOCKS]
    ]
    return {
        "answers": lines,
        "first": lines[0],
        "others": len(found) - 1,
        "more": len(found) - len(lines),
        "briefs_url": page("rollout:brief-list"),
        "programme": found[0].programme,
        "pause": PAUSE,
    }
