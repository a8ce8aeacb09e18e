"""What of the leased mails is to be sent now: composed first, or looked at once more.

A mail whose slot has closed, whose link has run out, or whose duties were all met since is
given up here, inside the transaction that leased it.
"""

from datetime import datetime, timedelta

from django.db.models import F

from regions.calendar import Corrections
from rollout.enums import DutyState, MailCap, MailState
from rollout.links import is_worth_sending, key_in_use, without_key
from rollout.models import Duty, Mail
from rollout.queries.duties import still_due
from rollout.services.duties import still_open_for
from rollout.services.freezing import Told, close, freeze
from rollout.slots import open_slot

SLOT_PAUSE = timedelta(minutes=15)


def make_ready(mails: list[Mail], at: datetime, corrected: Corrections) -> set[int]:
    """Which of these leased mails are to be sent, by id; each is frozen by then."""
    now = [mail for mail in mails if _is_its_time(mail, at, corrected)]
    # Headquarters wants one that was sent to be sent once more: nothing else is asked.
    as_is = {mail.pk for mail in now if mail.sent_at}
    frozen = [mail for mail in now if mail.message_id and not mail.sent_at]
    _sign_anew(frozen)
    same, again = _recheck(frozen, at, corrected)
    first = _first([mail for mail in now if not mail.message_id], at, corrected)
    return as_is | same | freeze(first + again, at, corrected)


def _sign_anew(mails: list[Mail]) -> None:
    """What nobody can have yet may be signed by the key in use, when its own is gone."""
    for mail in without_key(mails):
        if not mail.may_have_arrived:
            mail.key_mark = key_in_use()
            mail.save(update_fields=["key_mark"])


def _is_its_time(mail: Mail, at: datetime, corrected: Corrections) -> bool:
    cap = MailCap(mail.cap)
    if mail.recipient.left_date is not None:
        return close(mail, MailState.CANCELLED, at)
    if cap == MailCap.AT_ONCE:
        is_over = not is_worth_sending(mail, at) and not mail.sent_at
        return not is_over or close(mail, MailState.SUPERSEDED, at)
    slot = open_slot(mail.recipient, cap, at, corrected)
    if slot is not None and (slot.key == mail.slot or mail.may_have_arrived):
        return True
    return _leave_to_next_slot(mail, at)


def _leave_to_next_slot(mail: Mail, at: datetime) -> bool:
    """His slot has closed: the next one's mail tells what is still open then.

    What may have arrived is never told by another mail; it waits for that slot itself.
    """
    if not mail.may_have_arrived:
        mail.duties.open().update(mail=None)
        return close(mail, MailState.SUPERSEDED, at)
    Mail.objects.filter(pk=mail.pk).update(
        state=MailState.RETRY,
        next_try_at=at + SLOT_PAUSE,
        attempts=F("attempts") - 1,
        lease_token=None,
        leased_until_at=None,
    )
    return False


def _first(mails: list[Mail], at: datetime, corrected: Corrections) -> Told:
    """What mails that were never composed have to tell."""
    asked_for = _by_mail([mail for mail in mails if mail.cap == MailCap.AT_ONCE])
    told = [(mail, asked_for[mail.pk]) for mail in mails if mail.pk in asked_for]
    for cap in (MailCap.URGENT, MailCap.PLANNED):
        slotted = [mail for mail in mails if mail.cap == cap]
        if slotted:
            # One that could not be composed carries its duties already.
            Duty.objects.open().filter(mail__in=slotted).update(mail=None)
            people = [mail.recipient_id for mail in slotted]
            open_ = still_open_for(people, cap, at, corrected)
            told += [(mail, open_.get(mail.recipient_id, [])) for mail in slotted]
    return told


def _recheck(
    mails: list[Mail], at: datetime, corrected: Corrections
) -> tuple[set[int], Told]:
    """Before a repeat, what was met since need not be told any more.

    Returns which mails go out as they are, and which are composed anew from what is left.
    """
    same = {mail.pk for mail in mails if mail.cap == MailCap.AT_ONCE}
    slotted = [mail for mail in mails if mail.cap != MailCap.AT_ONCE]
    carried = _by_mail(slotted)
    every = [duty for duties in carried.values() for duty in duties]
    due = {duty.pk for duty in still_due(every, at, corrected)} if every else set()
    if len(due) < len(every):
        _meet(slotted, due)
    again: Told = []
    for mail in slotted:
        left = [duty for duty in carried[mail.pk] if duty.pk in due]
        if not left:
            close(mail, MailState.SUPERSEDED, at)
        elif len(left) == len(carried[mail.pk]) or mail.may_have_arrived:
            same.add(mail.pk)
        else:
            again.append((mail, left))
    return same, again


def _by_mail(mails: list[Mail]) -> dict[int, list[Duty]]:
    """The open duties that each mail carries."""
    by_mail: dict[int, list[Duty]] = {mail.pk: [] for mail in mails}
    if by_mail:
        for duty in Duty.objects.open().filter(mail__in=by_mail).order_by("id"):
            by_mail[duty.mail_id or 0].append(duty)
    return by_mail


def _meet(mails: list[Mail], due: set[int]) -> None:
    """Close what was met; told by nobody yet, it may be told again should it come back."""
    met = Duty.objects.open().exclude(pk__in=due)
    untold = [mail.pk for mail in mails if not mail.may_have_arrived]
    met.filter(mail__in=untold).update(state=DutyState.MET, mail=None)
    met.filter(mail__in=[mail.pk for mail in mails]).update(state=DutyState.MET)
