"""Keeping the table of duties true to what is due, and planning the mails that tell it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Model, QuerySet

from regions.calendar import Corrections
from regions.models import User
from rollout.enums import CAPS, FOUND, DutyKind, DutyState, MailCap, MailState, kinds_of
from rollout.models import Duty, Mail, MailEvent
from rollout.queries.duties import KEY, chunks, key_of, parts, still_due
from rollout.services.seldom import SLOTTED, seldom_written, written_lately
from rollout.slots import Slot, open_slot

# Between two slots of a person lie more hours than this: what was planned since is of this
# slot without a look.
SURELY_TODAY = timedelta(hours=4)
SLOT_FIELDS = ("recipient", "slot", "state")
# Between two mails at once about one row: a double click is one.
PAUSE = timedelta(minutes=1)


def settle(due: list[Duty], known_due: set[int]) -> int:
    """New duties in; returns how many are new or open again.

    `known_due` takes the ids of all of them, which need no second look.

    A duty that a log met is open again when the log is withdrawn; one that was mailed
    is never opened again. The unique key has the last word, so two processes at once add
    nothing twice.
    """
    rows = Duty.objects.filter(
        object_id__in={duty.object_id for duty in due}, kind__in=FOUND
    )
    known = {key_of(duty): duty for duty in rows} if due else {}
    new = [duty for duty in due if key_of(duty) not in known]
    if new:
        Duty.objects.bulk_create(new, ignore_conflicts=True)
    keys = {key_of(duty) for duty in due}
    again = [duty for key, duty in known.items() if key in keys]
    known_due.update(duty.pk for duty in again)
    if new:
        # What the insertion skips has no id, so they are asked for.
        ids = rows.values_list("pk", *KEY)
        known_due.update(pk for pk, *key in ids if tuple(key) in keys)
    met = [duty.pk for duty in again if duty.state == DutyState.MET]
    if not met:
        return len(new)
    rows = Duty.objects.filter(pk__in=met, state=DutyState.MET)
    return len(new) + rows.update(state=DutyState.OPEN)


def close_met(at: datetime, corrected: Corrections, known_due: set[int]) -> None:
    """Close what nobody was told of yet and need not be told of any more.

    What was found due a moment ago needs no second look.
    """
    # Ordered by what they are about, which is then read about once.
    untold = _untold().order_by("model", "object_id", "id")
    keys = [pk for pk in untold.values_list("pk", flat=True) if pk not in known_due]
    for ids in chunks(keys):
        looked_at = list(Duty.objects.filter(pk__in=ids))
        due = {duty.pk for duty in still_due(looked_at, at, corrected)}
        if met := set(ids) - due:
            _meet(met)


def _meet(duty_ids: Collection[int]) -> None:
    Duty.objects.open().filter(pk__in=duty_ids, mail=None).update(state=DutyState.MET)


def still_open(
    recipient: User, cap: MailCap, at: datetime, corrected: Corrections
) -> list[Duty]:
    """The duties that a mail of this cap and moment has to carry to somebody."""
    by_recipient = still_open_for([recipient.pk], cap, at, corrected)
    return by_recipient.get(recipient.pk, [])


def still_open_for(
    recipients: Collection[int], cap: MailCap, at: datetime, corrected: Corrections
) -> dict[int, list[Duty]]:
    """The same for many people, in the same number of queries.

    What was met since it was found (a talk logged, moved, taken over by somebody else)
    is closed first, so that nobody is told what is no longer so.
    """
    rows = _untold().filter(recipient__in=recipients, kind__in=kinds_of(cap))
    untold = list(rows.order_by("id"))
    due = still_due(untold, at, corrected)
    if met := {duty.pk for duty in untold} - {duty.pk for duty in due}:
        _meet(met)
    by_recipient: dict[int, list[Duty]] = defaultdict(list)
    for duty in due:
        by_recipient[duty.recipient_id].append(duty)
    return by_recipient


def release(mails: QuerySet[Mail], *, at: datetime) -> int:
    """Close mails of slots that are over; the duties that they did not tell are open again.

    Not a mail that may have arrived, nor one that is being sent: no other mail may tell
    the same. Returns how many were closed.
    """
    rows = mails.filter(
        state__in=[MailState.PLANNED, MailState.RETRY], may_have_arrived=False
    )
    closed = 0
    for pk in list(rows.values_list("pk", flat=True)):
        # Compare and swap: a worker that leases it at this moment keeps it.
        if rows.filter(pk=pk).update(state=MailState.SUPERSEDED):
            Duty.objects.open().filter(mail=pk).update(mail=None)
            MailEvent.objects.create(mail_id=pk, at=at, state=MailState.SUPERSEDED)
            closed += 1
    return closed


def release_past(at: datetime, corrected: Corrections) -> int:
    """What earlier slots left unsent is told by the mail of the slot that is open now."""
    unsent = Mail.objects.unsent().exclude(cap=MailCap.AT_ONCE)
    old = unsent.filter(planned_at__lt=at - SURELY_TODAY, may_have_arrived=False)
    past = [
        mail.pk
        for ids in parts(old)
        for mail in _without_texts(ids)
        if _is_past(mail, at, corrected)
    ]
    return release(Mail.objects.filter(pk__in=past), at=at) if past else 0


def _without_texts(ids: list[int]) -> QuerySet[Mail]:
    rows = Mail.objects.filter(pk__in=ids).select_related("recipient")
    return rows.defer("body_text", "body_html")


def _is_past(mail: Mail, at: datetime, corrected: Corrections) -> bool:
    """Whether another slot of its reader is open by now."""
    slot = open_slot(mail.recipient, MailCap(mail.cap), at, corrected)
    return slot is not None and slot.key != mail.slot


def plan_mails(at: datetime, corrected: Corrections) -> int:
    """One planned and one urgent mail for everybody who has something to be told in them
    and whose slot is open. What they carry is decided when they are composed."""
    told = _untold().order_by().values_list("recipient", "kind").distinct()
    caps: dict[int, set[MailCap]] = defaultdict(set)
    for recipient, kind in told:
        caps[recipient].add(CAPS[DutyKind(kind)])
    people = chunks(sorted(caps))
    return sum(_plan_for(ids, caps, at, corrected) for ids in people)


def _plan_for(
    ids: list[int],
    caps: Mapping[int, set[MailCap]],
    at: datetime,
    corrected: Corrections,
) -> int:
    slots = [
        (user, slot)
        for user, cap in _to_be_told(ids, caps, at)
        if (slot := open_slot(user, cap, at, corrected)) is not None
    ]
    rows = Mail.objects.filter(
        recipient__in=[user for user, _slot in slots],
        slot__in={slot.key for _user, slot in slots},
    )
    taken = {(mail.recipient_id, mail.slot): mail for mail in rows.only(*SLOT_FIELDS)}
    new = [
        _mail(user, slot, at)
        for user, slot in slots
        if (user.pk, slot.key) not in taken
    ]
    if new:
        Mail.objects.bulk_create(new, ignore_conflicts=True)
    closed = [m.pk for m in taken.values() if m.state == MailState.SUPERSEDED]
    return len(new) + (_take_up(closed, at) if closed else 0)


def _take_up(mail_ids: list[int], at: datetime) -> int:
    """A mail that was closed because all was met is its slot's all the same.

    Nobody has seen it, so it is planned once more for what has come since.
    """
    rows = Mail.objects.filter(
        pk__in=mail_ids, state=MailState.SUPERSEDED, may_have_arrived=False
    )
    return rows.update(state=MailState.PLANNED, message_id="", next_try_at=at)


def _to_be_told(
    ids: list[int], caps: Mapping[int, set[MailCap]], at: datetime
) -> list[tuple[User, MailCap]]:
    """Who of these people has to be told something, in a mail of which cap.

    Who is written to seldom has one mail for all, and none when there was one of late.
    """
    people = User.objects.filter(pk__in=ids).order_by("id")
    wanted = [(user, cap) for user in people for cap in SLOTTED if cap in caps[user.pk]]
    seldom = set(seldom_written(people).values_list("pk", flat=True))
    lately = written_lately(seldom, at) if seldom else set()
    once = {user: cap for user, cap in reversed(wanted) if user.pk in seldom - lately}
    return [*once.items(), *(one for one in wanted if one[0].pk not in seldom)]


def _mail(user: User, slot: Slot, at: datetime) -> Mail:
    return Mail(
        recipient=user,
        slot=slot.key,
        cap=slot.cap,
        planned_at=slot.begins_at if slot.cap == MailCap.PLANNED else at,
        next_try_at=at,
    )


def _untold() -> QuerySet[Duty]:
    return Duty.objects.open().filter(kind__in=FOUND, mail=None)


def mailed_just_now(kind: DutyKind, row: Model, at: datetime) -> bool:
    """Whether a mail of this kind about this row was asked for within the last minute."""
    about = Duty.objects.filter(
        kind=kind, model=row._meta.label_lower, object_id=row.pk
    )
    return about.filter(created_at__gt=at - PAUSE).exists()
