"""What people have to be told, and the mails that told them.

The database is the queue: a lost, doubled or late tick of the scheduler changes nothing,
because a duty and a mail each exist once by their unique key. The two are claimed by
compare-and-swap and keep their own log; the history does not repeat it.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions.models import User
from rollout.enums import UNSENT, DutyKind, DutyState, MailCap, MailState


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user: User) -> Self:
        """All for headquarters, CIO and auditors; else what one was sent oneself."""
        return self if user.standing.sees_all else self.filter(recipient=user)

    def unsent(self) -> Self:
        return self.filter(state__in=UNSENT)


class Mail(models.Model):
    """One message to one person. Composed and frozen when it is first leased.

    Message-ID, date and texts never change afterwards, so that a repeat after a crash is
    the same mail, which mail servers drop. Links stand in the texts as placeholders.
    """

    recipient = models.ForeignKey(
        User, models.PROTECT, related_name="mails", verbose_name=_("recipient")
    )
    slot = models.CharField(_("slot"), max_length=60)
    number = models.PositiveSmallIntegerField(_("number in the slot"), default=1)
    cap = models.CharField(
        _("cap"), max_length=10, choices=MailCap, default=MailCap.PLANNED
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MailState, default=MailState.PLANNED
    )
    planned_at = models.DateTimeField(_("planned for"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, blank=True)
    thread = models.CharField(_("thread"), max_length=120, blank=True)
    dated_at = models.DateTimeField(_("date of the mail"), null=True, blank=True)
    # With which key its links are signed, so that a change of the key leaves it as it is.
    key_mark = models.CharField(_("key of its links"), max_length=12, blank=True)
    sender_name = models.CharField(_("sender"), max_length=100, blank=True)
    reply_to = models.CharField(_("replies go to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body_text = models.TextField(_("text"), blank=True)
    body_html = models.TextField(_("HTML"), blank=True)
    # What the reader's calendar takes in (`rollout.ical`); empty for most mails.
    body_calendar = models.TextField(_("calendar entries"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # An attempt got as far as the body, so the recipient may have it already: from then on
    # only the very same message may be sent.
    may_have_arrived = models.BooleanField(_("may have arrived"), default=False)
    # Attempts that broke off after the body's end: nobody can know whether they arrived.
    doubts = models.PositiveSmallIntegerField(_("attempts in doubt"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"))
    lease_token = models.UUIDField(_("lease"), null=True, blank=True)
    leased_until_at = models.DateTimeField(_("leased until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answer = models.CharField(_("what the server said"), max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "slot", "number"], name="mail_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MailState.values), name="mail_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(cap__in=MailCap.values), name="mail_cap_known"
            ),
            # The caps: a slot is a day, and this is its one mail.
            models.CheckConstraint(
                condition=models.Q(cap=MailCap.AT_ONCE) | models.Q(number=1),
                name="mail_one_in_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=MailState.LEASED,
                    lease_token__isnull=False,
                    leased_until_at__isnull=False,
                )
                | (~models.Q(state=MailState.LEASED) & models.Q(lease_token=None)),
                name="mail_leased_has_token",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MailState.SENT)
                | (models.Q(sent_at__isnull=False) & ~models.Q(message_id="")),
                name="mail_sent_is_frozen",
            ),
            models.UniqueConstraint(
                fields=["message_id"],
                condition=~models.Q(message_id=""),
                name="mail_message_id_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=UNSENT),
                name="mail_unsent",
            ),
        ]

    def __str__(self) -> str:
        unwritten = gettext("Not written yet, for %(day)s")
        return self.subject or unwritten % {"day": f"{self.planned_at:%Y-%m-%d}"}


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.sees_all else self.filter(recipient=user)

    def open(self) -> Self:
        return self.filter(state=DutyState.OPEN)


class Duty(models.Model):
    """Something that one person has to be told once: kind, object, occurrence, recipient."""

    kind = models.CharField(_("kind"), max_length=20, choices=DutyKind)
    model = models.CharField(_("kind of row"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    occurrence = models.CharField(_("occurrence"), max_length=60)
    recipient = models.ForeignKey(
        User, models.PROTECT, related_name="duties", verbose_name=_("recipient")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=DutyState, default=DutyState.OPEN
    )
    created_at = models.DateTimeField(_("found"))
    mail = models.ForeignKey(
        Mail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("mail"),
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "model", "object_id", "occurrence", "recipient"],
                name="duty_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=DutyKind.values), name="duty_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DutyState.values), name="duty_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DutyState.MAILED)
                | models.Q(mail__isnull=False),
                name="duty_mailed_names_mail",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=models.Q(state=DutyState.OPEN),
                name="duty_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.model} {self.object_id}/{self.occurrence}"
