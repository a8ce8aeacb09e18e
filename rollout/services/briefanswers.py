"""What a CEO answers to a brief: a talk that counts, and what it does to the ask.

Another answer corrects that talk instead of adding one.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import AskAnswer, Channel, Outcome
from regions.history import Act
from regions.services.contacts import Log, correct_contact, log_contact
from rollout.enums import BriefAnswer, BriefState
from rollout.models import Brief
from rollout.services.briefs import locked

# What an answer does to the ask: not now and a call leave it open.
ANSWER_TO_ASK = {
    BriefAnswer.YES: AskAnswer.YES,
    BriefAnswer.CALL_ME: AskAnswer.LATER,
    BriefAnswer.NOT_NOW: AskAnswer.LATER,
}


class CannotAnswer(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The brief was withdrawn."""


@transaction.atomic
def answer_brief(row: Brief, answer: BriefAnswer, sentence: str, *, act: Act) -> Brief:
    """What the CEO says; said again it changes nothing. Raises CannotAnswer."""
    row = locked(row)
    if not row.is_out:
        raise CannotAnswer(_("This brief was withdrawn; no answer is needed."))
    sentence = sentence.strip()
    if (row.answer, row.sentence) == (answer, sentence):
        return row
    values = {
        "state": BriefState.ANSWERED,
        "answer": answer,
        "sentence": sentence,
        "answered_at": act.at,
        "contact": _keep_talk(row, answer, sentence, act),
    }
    history.change(row, values, act)
    return row


def _keep_talk(row: Brief, answer: BriefAnswer, sentence: str, act: Act) -> Any:
    """The answer as a contact; the one that is there is corrected."""
    log = Log(
        outcome=Outcome.REACHED,
        held_at=act.at,
        channel=Channel.MAIL,
        ask=row.ask,
        answer=ANSWER_TO_ASK[answer],
        # None leaves what the liaison has noted since.
        note=sentence or None,
        by=row.writer,
    )
    known = row.contact
    if known is not None and known.withdrawn_at is None:
        return correct_contact(known, log, version=known.version, act=act)
    return log_contact(row.ceo, row.programme, log, act=act)
