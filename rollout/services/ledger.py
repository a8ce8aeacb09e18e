"""What headquarters does with a mail of the ledger: send it once more, or hold it back.

Compare and swap, as delivery itself does it: a worker may hold the mail this very moment.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions.models import User
from rollout.enums import DutyState, MailState
from rollout.links import has_outlived_its_link, without_key
from rollout.models import Mail, MailEvent

RESENDABLE = (MailState.FAILED, MailState.SENT)
CANCELLABLE = (MailState.PLANNED, MailState.RETRY)
NOT_RESENDABLE = _("Only a mail that was sent or has failed can be sent again.")
NOT_CANCELLABLE = _("Only a mail that still waits can be cancelled.")


class CannotResendMail(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is on its way, was never meant to go, or carries a link that is over."""


class CannotCancelMail(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is being sent this moment, or has gone already."""


def check_resend(mail: Mail, at: datetime) -> None:
    """Raises CannotResendMail for a mail that cannot go out once more."""
    if has_outlived_its_link(mail, at):
        raise CannotResendMail(
            _("The link in it works no more. A fresh one is asked for at the sign-in.")
        )
    if mail.may_have_arrived and without_key([mail]):
        raise CannotResendMail(
            _("The key that signed its links is gone, so it would be another mail.")
        )
    if mail.state not in RESENDABLE:
        raise CannotResendMail(NOT_RESENDABLE)


@transaction.atomic
def resend_mail(mail: Mail, *, by: User, at: datetime) -> None:
    """The same message once more, with the next tick; mail servers may drop the repeat."""
    check_resend(mail, at)
    won = Mail.objects.filter(pk=mail.pk, state__in=RESENDABLE).update(
        state=MailState.RETRY,
        next_try_at=at,
        doubts=0,
        lease_token=None,
        leased_until_at=None,
    )
    if not won:
        raise CannotResendMail(NOT_RESENDABLE)
    MailEvent.objects.create(mail=mail, at=at, state=MailState.RETRY, by=by)


def check_cancel(mail: Mail) -> None:
    """Raises CannotCancelMail for a mail that is on its way or has gone."""
    if mail.state not in CANCELLABLE:
        raise CannotCancelMail(NOT_CANCELLABLE)


@transaction.atomic
def cancel_mail(mail: Mail, *, by: User | None, at: datetime) -> None:
    """Not sent; what a composed mail was to tell is not mailed again either."""
    won = Mail.objects.filter(pk=mail.pk, state__in=CANCELLABLE).update(
        state=MailState.CANCELLED
    )
    if not won:
        raise CannotCancelMail(NOT_CANCELLABLE)
    mail.duties.open().update(state=DutyState.DROPPED)
    MailEvent.objects.create(mail=mail, at=at, state=MailState.CANCELLED, by=by)
