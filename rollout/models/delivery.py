"""How delivery goes: what happened to each mail, who is at work, whether the server answers.

Written by delivery itself, past the history: this is its own log.
"""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.models import User
from rollout.enums import MailState

from .mail import Mail


class MailEventQuerySet(models.QuerySet["MailEvent"]):
    def visible_to(self, user: User) -> Self:
        """As far as the mails themselves."""
        return self.filter(mail__in=Mail.objects.visible_to(user))


class MailEvent(models.Model):
    """One thing that happened to a mail: an attempt and its answer, or what somebody did."""

    mail = models.ForeignKey(
        Mail, models.CASCADE, related_name="events", verbose_name=_("mail")
    )
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("then"), max_length=10, choices=MailState)
    answer = models.CharField(_("what the server said"), max_length=300, blank=True)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mail_events",
        verbose_name=_("by"),
    )

    objects = MailEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a mail")
        verbose_name_plural = _("events of mails")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MailState.values),
                name="mail_event_state_known",
            )
        ]
        indexes = [models.Index(fields=["mail", "id"], name="mail_event_of_mail")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.answer}".strip()


class SignQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Headquarters, CIO and auditors, as the ledger."""
        return self if user.standing.sees_all else self.none()


class Heartbeat(models.Model):
    """When a job last ran. One that is silent is not running, or deaf to its ticks."""

    job = models.CharField(_("job"), max_length=40, unique=True)
    at = models.DateTimeField(_("last seen"))

    objects = SignQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.job


class Breaker(models.Model):
    """The mail server does not answer, or refuses the login: nobody's mail is tried meanwhile.

    One row while it lasts. Whoever moves `retry_at` on makes the next trial connection.
    """

    server = models.CharField(_("server"), max_length=200, unique=True)
    since_at = models.DateTimeField(_("since"))
    retry_at = models.DateTimeField(_("next trial"))
    answer = models.CharField(_("what the server said"), max_length=300, blank=True)

    objects = SignQuerySet.as_manager()

    class Meta:
        verbose_name = _("breaker")
        verbose_name_plural = _("breakers")

    def __str__(self) -> str:
        return self.server
