"""What was booked and said."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import (
    AskAnswer,
    Atmosphere,
    Audience,
    Change,
    Channel,
    CheckInState,
    Felt,
    Outcome,
    Right,
    Topic,
)
from regions.validators import validate_topics

from .asks import Ask
from .ceos import RegionalCEO, engaged_regions
from .history import Versioned
from .people import User
from .programme import Programme


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user))

    def planned(self) -> Self:
        return self.filter(state=CheckInState.PLANNED)


class CheckIn(Versioned):
    """A short talk that is booked for a day. Moving it raises `sequence`."""

    audience = Audience.ENGAGED
    undo_right = Right.LOG_TALK
    # A calendar takes no update with a lower number than it has.
    undo_raises = frozenset({"sequence"})
    untold_fields = frozenset({"sequence"})
    told_as = {
        Change.CREATED: pgettext_lazy("check-in", "booked"),
        "day_date": pgettext_lazy("check-in", "Moved: %(before)s → %(after)s"),
        f"state={CheckInState.PLANNED}": pgettext_lazy("check-in", "Booked again"),
        f"state={CheckInState.HELD}": pgettext_lazy("check-in", "Held"),
        f"state={CheckInState.CANCELLED}": pgettext_lazy("check-in", "Cancelled"),
    }

    ceo = models.ForeignKey(
        RegionalCEO,
        models.PROTECT,
        related_name="check_ins",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="check_ins", verbose_name=_("programme")
    )
    day_date = models.DateField(_("day"))
    # By the clocks of the region; none: some time that day.
    at_time = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel, default=Channel.PHONE
    )
    # Why it is cancelled or left out.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("sequence"), default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=CheckInState, default=CheckInState.PLANNED
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=CheckInState.values),
                name="check_in_state_known",
            ),
            models.UniqueConstraint(
                fields=["ceo", "programme"],
                condition=models.Q(state=CheckInState.PLANNED),
                name="check_in_one_planned",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values),
                name="check_in_channel_known",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=480),
                name="check_in_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ceo}, {self.day_date}"

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def two_way(self, at: datetime) -> Self:
        """Talks that move the rhythm: the CEO himself was reached, not withdrawn, not ahead."""
        return self.standing().filter(outcome=Outcome.REACHED, held_at__lte=at)


class Contact(Versioned):
    """One logged talk, call, visit or mail, or the attempt at one."""

    audience = Audience.ENGAGED
    silent_fields = Versioned.silent_fields | {"key"}
    code_lists = {"topics": Topic}
    undo_right = Right.CORRECT_TALK
    told_as = {
        Change.CREATED: pgettext_lazy("talk", "logged"),
        "withdrawn_at": pgettext_lazy("talk", "Withdrawn"),
        "withdrawn_at=": pgettext_lazy("talk", "Counts again"),
    }

    ceo = models.ForeignKey(
        RegionalCEO,
        models.PROTECT,
        related_name="contacts",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="contacts", verbose_name=_("programme")
    )
    by = models.ForeignKey(
        User, models.PROTECT, related_name="contacts_made", verbose_name=_("who called")
    )
    held_at = models.DateTimeField(_("when"))
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel, default=Channel.PHONE
    )
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    felt = models.CharField(_("felt"), max_length=10, choices=Felt, blank=True)
    atmosphere = models.CharField(
        _("atmosphere"), max_length=10, choices=Atmosphere, blank=True
    )
    # Codes of `Topic`, with commas between.
    topics = models.CharField(
        _("topics"), max_length=60, blank=True, validators=[validate_topics]
    )
    ask = models.ForeignKey(
        Ask,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="talks",
        verbose_name=_("ask"),
    )
    ask_answer = models.CharField(
        _("answer"), max_length=10, choices=AskAnswer, blank=True
    )
    ask_due_date = models.DateField(_("new date of the ask"), null=True, blank=True)
    # The booking that this talk kept, or that moving it made.
    check_in = models.ForeignKey(
        CheckIn,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("check-in"),
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # Given by the form: the same log sent twice is one contact.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values),
                name="contact_outcome_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values),
                name="contact_channel_known",
            ),
            models.CheckConstraint(
                condition=models.Q(felt__in=["", *Felt.values]),
                name="contact_felt_known",
            ),
            models.CheckConstraint(
                condition=models.Q(atmosphere__in=["", *Atmosphere.values]),
                name="contact_atmosphere_known",
            ),
            models.CheckConstraint(
                # An unknown number would pass: SQL lets what is neither true nor false by.
                # Nobody counts the minutes of a mail.
                condition=~models.Q(outcome=Outcome.REACHED)
                | models.Q(channel=Channel.MAIL)
                | models.Q(minutes__isnull=False, minutes__gte=1),
                name="contact_reached_has_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(ask_answer="")
                | models.Q(ask_answer__in=AskAnswer.values, ask__isnull=False),
                name="contact_answer_has_ask",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.REACHED) | models.Q(ask_answer=""),
                name="contact_answer_needs_talk",
            ),
        ]
        indexes = [
            models.Index(fields=["ceo", "programme", "-held_at"], name="contact_of_ceo")
        ]

    def __str__(self) -> str:
        return f"{self.ceo}, {self.held_at:%Y-%m-%d}"

    @property
    def topic_list(self) -> list[Topic]:
        return [one for one in Topic if one in self.topics.split(",")]

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id
