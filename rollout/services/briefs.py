"""A brief to a CEO: drafted, edited, reviewed and sent, answered by him, or withdrawn.

Its mail goes out in the transaction that sends it. What he answers: `briefanswers`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.calendar import Calendar, Corrections, NoWorkingDay, today
from regions.enums import Role
from regions.history import Act, EditedMeanwhile
from regions.models import Ask, RegionalCEO, Rhythm, User
from regions.queries import engagements, holders, on_duty
from regions.services import asks
from regions.services.asks import NewAsk
from rollout.brevity import overflow
from rollout.enums import BriefState, DutyKind
from rollout.models import Brief, Mail
from rollout.paper import DoesNotFitError, to_pdf
from rollout.placing.briefs import page_of
from rollout.queries.briefdraft import draft_of
from rollout.queries.briefs import briefs, has_talked
from rollout.queries.callsheet import call_sheet_of
from rollout.queries.sheetfacts import sheet_facts
from rollout.services.duties import mailed_just_now
from rollout.services.mail import mail_at_once
from rollout.services.plans import why_not_running
from rollout.services.seldom import WrittenLately, too_soon
from rollout.slots import next_open

# Working days of the region, after which an unanswered brief puts its CEO on the list.
CALLED_AFTER = 5


class CannotBrief(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Too soon, too long, nobody to write in whose name, or sent already."""


@dataclass(frozen=True)
class Wanted:
    """The one ask of a brief, open already or made with it, and by when it is needed."""

    ask: Ask | NewAsk
    due_date: Any


# --- Drafting ------------------------------------------------------------------------


@transaction.atomic
def draft_brief(
    rhythm: Rhythm, wanted: Wanted, corrected: Corrections, *, act: Act
) -> Brief:
    """A draft from the facts of now, in the language of the CEO. Raises CannotBrief."""
    ceo = history.lock(
        RegionalCEO.objects.select_related("region", "user"), rhythm.ceo_id
    )
    if stop := why_not_running(ceo.region, rhythm.programme):
        raise CannotBrief(stop)
    if Brief.objects.filter(
        ceo=ceo, programme=rhythm.programme, state=BriefState.DRAFT
    ).exists():
        raise CannotBrief(_("There is a draft already. Go on with that one."))
    ask = _ask(ceo, rhythm, wanted, act)
    language = ceo.user.language
    with translation.override(language):
        texts = _texts(rhythm, ask, wanted, act.at, corrected)
    return history.create(
        Brief(
            ceo=ceo,
            programme=rhythm.programme,
            ask=ask,
            due_date=wanted.due_date,
            language=language,
            made_by=act.by,
            **texts,
        ),
        act,
    )


def _ask(ceo: RegionalCEO, rhythm: Rhythm, wanted: Wanted, act: Act) -> Ask:
    if isinstance(wanted.ask, Ask):
        return wanted.ask
    dated = replace(wanted.ask, due_date=wanted.due_date)
    return asks.make(ceo, rhythm.programme, dated, act=act)


def _texts(
    rhythm: Rhythm, ask: Ask, wanted: Wanted, at: datetime, corrected: Corrections
) -> dict[str, str]:
    [one] = engagements(Rhythm.objects.filter(pk=rhythm.pk), at, corrected)
    facts = sheet_facts([one], at)
    return draft_of(one, facts, call_sheet_of(one, facts), ask, wanted.due_date)


@transaction.atomic
def edit_brief(
    row: Brief, texts: Mapping[str, Any], *, version: int, act: Act
) -> Brief:
    """Change the texts of a draft. Raises EditedMeanwhile and CannotBrief."""
    row = locked(row, version)
    _insist_on_draft(row)
    history.change(row, texts, act)
    return row


# --- Sending -------------------------------------------------------------------------


def send_brief(row: Brief, corrected: Corrections, *, version: int, act: Act) -> Mail:
    """Send what was shown: whoever sends it has reviewed it.

    By day in the CEO's zone, and at most one mail in fourteen days: where that stands in
    the way nothing is queued. Raises EditedMeanwhile and CannotBrief.
    """
    if row.version != version:
        raise EditedMeanwhile(row)
    if stop := why_not(row):
        raise CannotBrief(stop)
    writer = writer_of(row, act.at)
    if writer is None:
        raise CannotBrief(_("There is neither a CIO nor a liaison who could write."))
    # Made before anything is locked: that takes a second, and nobody else waits for it.
    paper = paper_of(row, writer, act.at)
    with transaction.atomic():
        row = locked(row, version)
        values = {
            "state": BriefState.SENT,
            "reviewed_by": act.by,
            "writer": writer,
            "sent_at": act.at,
            "call_date": _call_date(row, act.at, corrected),
            "paper": paper,
        }
        history.change(row, values, act)
        when = next_open(row.ceo.user, act.at, corrected)
        return _mail(row, act.at, not_before=when)


def why_not(row: Brief) -> str:
    """What has to be put right before it can go; nothing when it can."""
    if not row.is_draft:
        return str(_("It was sent already, and stays as it is."))
    if stop := why_not_running(row.ceo.region, row.programme):
        return stop
    if row.ceo.to_date is not None:
        return str(_("He does not lead this region any more."))
    if not row.need:
        return str(_("Say what is needed of him."))
    if overflow(row.texts, row.language):
        return str(_("It is too long: two minutes are all he has."))
    return ""


def writer_of(row: Brief, at: datetime) -> User | None:
    """The CIO before anybody has talked with him, else the liaison; either for want of
    the other."""
    region = row.ceo.region_id
    duty = on_duty(at, Role.LIAISON, regions=[region])[Role.LIAISON, region]
    liaisons, cios = [one.user for one in duty], holders(at, Role.CIO)[Role.CIO, None]
    order = (
        [*liaisons, *cios]
        if has_talked(row.ceo, row.programme, at)
        else [*cios, *liaisons]
    )
    return next(iter(order), None)


def paper_of(row: Brief, writer: User, at: datetime) -> bytes:
    """The page as PDF, in the language of the CEO. Raises CannotBrief."""
    with translation.override(row.language):
        page = page_of(row, writer, at)
    try:
        return to_pdf(page)
    except DoesNotFitError as fault:
        raise CannotBrief(_("It does not fit on one page.")) from fault


def _call_date(row: Brief, at: datetime, corrected: Corrections) -> Any:
    region = row.ceo.region
    day = today(region, at)
    try:
        return Calendar.of(region, corrected).add_working(day, CALLED_AFTER)
    except NoWorkingDay:
        return day + timedelta(days=7)


def _mail(row: Brief, at: datetime, **how: Any) -> Mail:
    try:
        return mail_at_once(
            row.ceo.user,
            DutyKind.BRIEF,
            occurrence=f"{row.pk} {uuid.uuid4().hex[:12]}",
            at=at,
            about=row,
            **how,
        )
    except WrittenLately as refusal:
        raise CannotBrief(too_soon(refusal)) from refusal


@transaction.atomic
def mail_link(row: Brief, *, at: datetime) -> Mail:
    """The same once more to the known address, with a link that works; he asked for it.

    Raises CannotBrief.
    """
    row = locked(row)
    if stop := why_not_running(row.ceo.region, row.programme):
        raise CannotBrief(stop)
    if not row.is_out or mailed_just_now(DutyKind.BRIEF, row, at):
        raise CannotBrief(_("It was mailed just now. Try again in a minute."))
    return _mail(row, at, is_wanted=True)


# --- Withdrawing ---------------------------------------------------------------------


@transaction.atomic
def withdraw_brief(row: Brief, *, version: int, act: Act) -> Brief:
    """Nothing is asked any more; what was answered stays. Raises EditedMeanwhile and
    CannotBrief."""
    row = locked(row, version)
    if row.state not in (BriefState.DRAFT, BriefState.SENT):
        raise CannotBrief(_("Only what was not answered yet is withdrawn."))
    history.change(row, {"state": BriefState.WITHDRAWN}, act)
    return row


def _insist_on_draft(row: Brief) -> None:
    if not row.is_draft:
        raise CannotBrief(_("It was sent already, and stays as it is."))


def locked(row: Brief, version: int | None = None) -> Brief:
    rows = briefs(Brief.objects.all()).select_related("contact")
    return history.lock(rows, row.pk, version)
