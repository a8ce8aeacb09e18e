"""What headquarters does to ticked mails and plans, and how each row is told beforehand."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regions.administration import RowsAct, Told
from regions.history import Act, EditedMeanwhile
from regions.wording import sentences
from rollout.access import can_manage_mail, can_plan
from rollout.enums import DutyState, MailCap
from rollout.models import Mail, Plan
from rollout.queries.plans import moves_of
from rollout.services.ledger import (
    CannotCancelMail,
    CannotResendMail,
    cancel_mail,
    check_cancel,
    check_resend,
    resend_mail,
)
from rollout.services.plans import CannotMoveGoLive, check_go_live, move_go_live

# --- Mails ---------------------------------------------------------------------------


def _tell_resend(rows: QuerySet[Mail], at: datetime) -> Iterator[Told]:
    for mail in rows:
        try:
            check_resend(mail, at)
        except CannotResendMail as refusal:
            yield Told(mail, str(refusal), is_refused=True)
        else:
            said = _("The very same message goes to %(address)s once more.")
            yield Told(mail, said % {"address": mail.recipient.email})


def _tell_cancel(rows: QuerySet[Mail], at: datetime) -> Iterator[Told]:
    open_ = Count("duties", filter=Q(duties__state=DutyState.OPEN))
    counts = dict(
        Mail.objects.filter(pk__in=[mail.pk for mail in rows])
        .annotate(n=open_)
        .values_list("pk", "n")
    )
    for mail in rows:
        try:
            check_cancel(mail)
        except CannotCancelMail as refusal:
            yield Told(mail, str(refusal), is_refused=True)
        else:
            yield Told(mail, _what_cancelling_does(mail, counts[mail.pk]))


def _what_cancelling_does(mail: Mail, duties: int) -> str:
    not_sent = _("%(address)s does not get it.") % {"address": mail.recipient.email}
    if not mail.message_id and mail.cap != MailCap.AT_ONCE and not duties:
        return sentences(
            [not_sent, _("What is due then stands in the next planned mail.")]
        )
    dropped = ngettext(
        "%(n)d thing that it tells is not mailed again either.",
        "%(n)d things that it tells are not mailed again either.",
        duties,
    )
    return sentences([not_sent, dropped % {"n": duties}])


def _resend(mail: Mail, act: Act) -> None:
    assert act.by is not None  # noqa: S101 - in the admin somebody is signed in
    resend_mail(mail, by=act.by, at=act.at)


def _cancel(mail: Mail, act: Act) -> None:
    assert act.by is not None  # noqa: S101 - in the admin somebody is signed in
    cancel_mail(mail, by=act.by, at=act.at)


def _resent(count: int) -> str:
    said = ngettext(
        "%(n)d mail goes out once more in a moment.",
        "%(n)d mails go out once more in a moment.",
        count,
    )
    return said % {"n": count}


def _cancelled(count: int) -> str:
    said = ngettext(
        "%(n)d mail is cancelled and not sent.",
        "%(n)d mails are cancelled and not sent.",
        count,
    )
    return said % {"n": count}


RESEND = RowsAct(
    name="resend",
    label=gettext_lazy("Send once more"),
    about=gettext_lazy(
        "The very same messages go out with the next tick: who has one already may see it "
        "once only."
    ),
    may=can_manage_mail,
    tell=_tell_resend,
    do=_resend,
    done=_resent,
    refusals=(CannotResendMail,),
)
CANCEL = RowsAct(
    name="cancel",
    label=gettext_lazy("Do not send"),
    about=gettext_lazy("Mails that still wait are held back for good."),
    may=can_manage_mail,
    tell=_tell_cancel,
    do=_cancel,
    done=_cancelled,
    refusals=(CannotCancelMail,),
)

# --- Plans ---------------------------------------------------------------------------


def _tell_to_wave(rows: QuerySet[Plan], at: datetime) -> Iterator[Told]:
    plans = list(rows)
    moves = moves_of(((plan, plan.wave.go_live_date) for plan in plans), at=at)
    for plan in plans:
        to = plan.wave.go_live_date
        if plan.go_live_date == to:
            said = _("Its go-live is that of the wave already.")
            yield Told(plan, said, is_refused=True)
            continue
        try:
            check_go_live(plan, to)
        except CannotMoveGoLive as refusal:
            yield Told(plan, str(refusal), is_refused=True)
        else:
            yield Told(plan, moves[plan.pk].said)


def _to_wave(plan: Plan, act: Act) -> None:
    move_go_live(
        plan,
        to=plan.wave.go_live_date,
        reason=act.reason,
        version=plan.version,
        act=act,
    )


def _moved(count: int) -> str:
    said = ngettext(
        "%(n)d go-live is moved; unfinished tasks moved with it.",
        "%(n)d go-lives are moved; unfinished tasks moved with them.",
        count,
    )
    return said % {"n": count}


TO_WAVE = RowsAct(
    name="to_wave",
    label=gettext_lazy("Move the go-live to the date of the wave"),
    about=gettext_lazy(
        "The first promise stays on record, and the slip is counted from it."
    ),
    may=can_plan,
    tell=_tell_to_wave,
    do=_to_wave,
    done=_moved,
    refusals=(CannotMoveGoLive, EditedMeanwhile),
    needs_reason=True,
)
