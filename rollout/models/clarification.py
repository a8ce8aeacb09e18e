"""Questions to a named person: what must be clarified, and who stands by the answer."""

from typing import Self

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Change
from regions.models import Programme, Region, User, Versioned
from rollout.enums import UNSETTLED, ClarificationState

from .task import Task

NAME_LENGTH = 80
TEXT_LENGTH = 2000
ANSWERED_STATES = [
    ClarificationState.ANSWERED,
    ClarificationState.DECLINED,
    ClarificationState.CONFIRMED,
]


class ClarificationQuerySet(models.QuerySet["Clarification"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's regions, and those asked of or by one, or somebody whom one
        stands in for."""
        standing = user.standing
        if standing.sees_all:
            return self
        return self.filter(
            models.Q(region__in=standing.region_ids)
            | models.Q(asked_of__in=user.acts_for)
            | models.Q(asked_by__in=user.acts_for)
        )

    def running(self) -> Self:
        """Not those of closed programmes, nor of archived regions."""
        return self.filter(programme__closed_at=None, region__archived_at=None)

    def unanswered(self) -> Self:
        return self.filter(state=ClarificationState.OPEN)

    def unsettled(self) -> Self:
        return self.filter(state__in=UNSETTLED)


class Clarification(Versioned):
    """One question about a region that one person answers, and that is then confirmed.

    `proposal` is what whoever asks has understood, for the other to confirm; once that is
    done it stands in `answer` as well, so that `answer` is what holds.
    """

    takes_files = True
    untold_fields = frozenset(
        {
            "asked_at", "answered_at", "answered_by", "confirmed_at", "confirmed_by", "answer=",
            "due_date=",
        }
    )  # fmt: skip
    told_as = {
        Change.CREATED: pgettext_lazy("clarification", "Asked"),
        f"state={ClarificationState.OPEN}": pgettext_lazy(
            "clarification", "Asked again"
        ),
        f"state={ClarificationState.ANSWERED}": pgettext_lazy(
            "clarification", "Answered"
        ),
        f"state={ClarificationState.DECLINED}": pgettext_lazy(
            "clarification", "Needs correction"
        ),
        f"state={ClarificationState.CONFIRMED}": pgettext_lazy(
            "clarification", "Confirmed"
        ),
        f"state={ClarificationState.WITHDRAWN}": pgettext_lazy(
            "clarification", "Withdrawn"
        ),
        "answer": "%(after)s",
    }

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="clarifications",
        verbose_name=_("region"),
    )
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        related_name="clarifications",
        verbose_name=_("programme"),
    )
    task = models.ForeignKey(
        Task,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clarifications",
        verbose_name=_("task"),
    )
    question = models.CharField(_("question"), max_length=500)
    proposal = models.TextField(
        _("what we have understood"), max_length=TEXT_LENGTH, blank=True
    )
    asked_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="questions_asked",
        verbose_name=_("asked by"),
    )
    asked_of = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="questions",
        verbose_name=_("asked of"),
    )
    asked_at = models.DateTimeField(_("asked"))
    due_date = models.DateField(_("needed by"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ClarificationState,
        default=ClarificationState.OPEN,
    )
    answer = models.TextField(_("answer"), max_length=TEXT_LENGTH, blank=True)
    answered_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmations",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("clarification")
        verbose_name_plural = _("clarifications")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(question=""), name="clarification_asks_something"
            ),
            # Knows every state, so that none needs a constraint of its own.
            models.CheckConstraint(
                condition=models.Q(
                    state__in=ANSWERED_STATES,
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                )
                & ~models.Q(answer="")
                | models.Q(
                    state=ClarificationState.OPEN, answered_at=None, answered_by=None
                )
                | models.Q(state=ClarificationState.WITHDRAWN),
                name="clarification_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=ClarificationState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                )
                | ~models.Q(state=ClarificationState.CONFIRMED)
                & models.Q(confirmed_at=None, confirmed_by=None),
                name="clarification_confirmed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(state=ClarificationState.OPEN),
                name="clarification_unanswered",
            ),
            models.Index(fields=["region", "state"], name="clarification_of_region"),
        ]

    def __str__(self) -> str:
        return Truncator(self.question).chars(NAME_LENGTH)

    @property
    def is_open(self) -> bool:
        return self.state == ClarificationState.OPEN

    @property
    def is_settled(self) -> bool:
        return self.state not in UNSETTLED
