"""Asking what a pilot taught, and taking the answers in, without names.

An answer becomes a finding. What stands between the two, so that the same link can change
it, knows no person; the history tells no name either, unless the author wants to be named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pilots.enums import Area, FindingKind, FindingState
from pilots.models import Finding, Pilot
from pilots.services.findings import record_finding
from regions import history
from regions.enums import Via
from regions.history import Act
from regions.models import HistoryEntry, User
from rollout.enums import CloseOutQuestion, DutyKind
from rollout.links import nameless_marks
from rollout.models import CloseOut, CloseOutReply
from rollout.services.mail import mail_at_once

# Of fewer, everybody would know who said what.
FEWEST = 3
TITLE = 150
KINDS = {
    CloseOutQuestion.WELL: FindingKind.ACHIEVEMENT,
    CloseOutQuestion.WRONG: FindingKind.PROBLEM,
    CloseOutQuestion.OTHERWISE: FindingKind.LESSON,
    CloseOutQuestion.MISSING: FindingKind.EXPERIENCE,
    CloseOutQuestion.ADVICE: FindingKind.LESSON,
}
# What these say is what to do differently.
ADVISING = (CloseOutQuestion.OTHERWISE, CloseOutQuestion.ADVICE)


class CannotAskAll(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Too few people, or the programme is closed."""


class CannotAnswer(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Somebody works with the answer already."""


@dataclass(frozen=True)
class Said:
    """An answer to one question; empty takes it back."""

    question: CloseOutQuestion
    text: str
    is_named: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """What the finding says."""
        text = self.text.strip()
        is_long = len(text) > TITLE
        advises = self.question in ADVISING
        return {
            "effect": text if is_long and not advises else "",
            "recommendation": text if advises else "",
        }


# --- Asking --------------------------------------------------------------------------


@transaction.atomic
def start_close_out(pilot: Pilot, people: Sequence[User], *, act: Act) -> CloseOut:
    """Mail the five questions to everybody at once. Raises CannotAskAll."""
    if pilot.programme.closed_at is not None:
        said = _("%(programme)s is closed. Open it again first.")
        raise CannotAskAll(said % {"programme": pilot.programme})
    if len(people) < FEWEST:
        said = _("Ask at least %(n)d people, so that nobody is known by his answer.")
        raise CannotAskAll(said % {"n": FEWEST})
    values: dict[str, Any] = {"started_by": act.by, "started_at": act.at}
    row = CloseOut(pilot=pilot, asked=len(people), **values)
    history.create(row, act)
    for person in people:
        mail_at_once(
            person, DutyKind.CLOSE_OUT, occurrence=str(row.pk), at=act.at, about=row
        )
    return row


# --- Answering -----------------------------------------------------------------------


def replies_of(close_out: CloseOut, person: User) -> dict[str, CloseOutReply]:
    """What came by this link so far, by question."""
    marks = nameless_marks(f"{close_out.pk} {person.pk}")
    rows = CloseOutReply.objects.filter(close_out=close_out, mark__in=marks)
    return {row.question: row for row in rows.select_related("finding")}


@transaction.atomic
def answer(close_out: CloseOut, person: User, said: Said, *, at: datetime) -> None:
    """Keep, change or take back one answer. Raises CannotAnswer."""
    # The lock makes a double press one answer.
    history.lock(CloseOut.objects.all(), close_out.pk)
    known = replies_of(close_out, person)
    reply = known.get(said.question)
    act = _act(person if said.is_named else None, at)
    if reply is not None:
        _change(reply, said, act)
    elif said.text.strip():
        marks = nameless_marks(f"{close_out.pk} {person.pk}")
        mark = next((one.mark for one in known.values()), marks[0])
        finding = record_finding(
            programme=close_out.pilot.programme,
            pilot=close_out.pilot,
            kind=KINDS[said.question],
            area=Area.UNSORTED,
            title=_title(close_out.pilot, said.text),
            act=act,
            **said.values,
        )
        CloseOutReply.objects.create(
            close_out=close_out, mark=mark, question=said.question, finding=finding
        )


def _change(reply: CloseOutReply, said: Said, act: Act) -> None:
    row = history.lock(Finding.objects.all(), reply.finding_id)
    text, values = said.text.strip(), said.values
    if text == text_of(row) and (row.author_id is not None) == said.is_named:
        return
    worked_on = HistoryEntry.objects.of(row).exclude(via=Via.MAIL)
    if row.state != FindingState.PROPOSED or worked_on.exists():
        raise CannotAnswer(
            _("Headquarters works with this answer already, so it stays as it is.")
        )
    if not text:
        reply.delete()
        history.delete(row, act)
        return
    if text != text_of(row):
        values["title"] = _title(reply.close_out.pilot, text, but=row.pk)
    history.change(row, {**values, "author": act.by}, act)


def text_of(finding: Finding) -> str:
    """What was written, from the finding that it became."""
    return finding.effect or finding.recommendation or finding.title


def _title(pilot: Pilot, text: str, but: int = 0) -> str:
    """The beginning of what was said; said by two people, the second is numbered."""
    short = " ".join(Truncator(text.strip()).chars(TITLE - 5).split())
    rows = Finding.objects.filter(programme=pilot.programme_id).exclude(pk=but)
    taken = set(rows.filter(title__startswith=short).values_list("title", flat=True))
    numbered = (f"{short} ({n})" for n in range(2, len(taken) + 3))
    return next(title for title in (short, *numbered) if title not in taken)


def _act(person: User | None, at: datetime) -> Act:
    """In the language of the house: that of the author would say something of him."""
    with translation.override(settings.LANGUAGE_CODE):
        return Act(by=person, at=at, via=Via.MAIL, reason=gettext("close-out"))
