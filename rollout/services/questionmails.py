"""The mail that asks somebody one question or several, and passing questions on to another."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from regions import history
from regions.history import Act
from regions.models import User
from rollout.enums import DutyKind
from rollout.models import Clarification, Duty, Mail
from rollout.services.mail import mail_at_once
from rollout.services.seldom import WrittenLately, insist_on_seldom


@transaction.atomic
def mail_questions(rows: list[Clarification], at: datetime, **how: Any) -> Mail:
    """Questions to one person in one mail. Raises WrittenLately."""
    first, *others = rows
    mail = mail_at_once(
        first.asked_of,
        DutyKind.CONFIRMATION,
        occurrence=f"{first.pk} {uuid.uuid4().hex[:12]}",
        at=at,
        about=first,
        **how,
    )
    if not others:
        return mail
    told = mail.duties.get()
    Duty.objects.bulk_create(
        Duty(
            kind=told.kind,
            model=told.model,
            object_id=row.pk,
            occurrence=told.occurrence,
            recipient=told.recipient,
            created_at=at,
            mail=mail,
        )
        for row in others
    )
    return mail


@transaction.atomic
def pass_on(rows: list[Clarification], *, to: User, act: Act) -> None:
    """Locked, unanswered questions are asked of somebody else, with one mail for all.

    The links to whoever was asked before end with it. A CEO who was written to lately
    reads it as soon as he may be written to again.
    """
    if not rows:
        return
    asked = {"asked_of": to, "asked_at": act.at}
    history.change_all([(row, asked) for row in rows], act)
    try:
        insist_on_seldom(to, act.at)
    except WrittenLately as refusal:
        mail_questions(rows, act.at, not_before=refusal.until)
    else:
        mail_questions(rows, act.at)
