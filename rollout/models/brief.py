"""What a CEO is asked in two minutes by mail, and what he answered."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Audience, Change
from regions.models import Ask, Contact, Programme, RegionalCEO, User, Versioned
from regions.models.ceos import engaged_regions
from rollout.enums import OUT, BriefAnswer, BriefState

TEXT_LENGTH, SENTENCE_LENGTH = 300, 300
# Its texts in the order of the mail; together they are as short as `brevity` says.
TEXTS = ("benefit", "source", "standing", "need", "why_you", "we_take_off")


class BriefQuerySet(models.QuerySet["Brief"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user))

    def out(self) -> Self:
        """Those that reached their CEO and still ask for, or have, his answer."""
        return self.filter(state__in=OUT)


def _text(label: Any, help_text: Any = "") -> Any:
    return models.CharField(label, max_length=TEXT_LENGTH, help_text=help_text)


class Brief(Versioned):
    """One mail to one CEO that asks one thing: why, where he stands, what by when.

    Drafted from facts, edited and reviewed by a person. What was sent stays as it was, the
    page of paper byte for byte, so that every copy of the mail is the same.
    """

    audience = Audience.ENGAGED
    silent_fields = Versioned.silent_fields | {"paper"}
    untold_fields = frozenset(
        {
            "sent_at", "reviewed_by", "writer", "call_date", "answered_at", "contact",
            "sentence=",
        }
    )  # fmt: skip
    told_as = {
        Change.CREATED: pgettext_lazy("brief", "drafted"),
        f"state={BriefState.SENT}": pgettext_lazy("brief", "Sent"),
        f"state={BriefState.ANSWERED}": pgettext_lazy("brief", "Answered"),
        f"state={BriefState.WITHDRAWN}": pgettext_lazy("brief", "Withdrawn"),
        f"answer={BriefAnswer.YES}": pgettext_lazy("brief", "Yes"),
        f"answer={BriefAnswer.CALL_ME}": pgettext_lazy("brief", "Call me"),
        f"answer={BriefAnswer.NOT_NOW}": pgettext_lazy("brief", "Not now"),
        "sentence": "%(after)s",
    }

    ceo = models.ForeignKey(
        RegionalCEO,
        models.PROTECT,
        related_name="briefs",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="briefs", verbose_name=_("programme")
    )
    ask = models.ForeignKey(
        Ask, models.PROTECT, related_name="briefs", verbose_name=_("ask")
    )
    due_date = models.DateField(_("needed by"))
    language = models.CharField(_("language"), max_length=10)
    benefit = _text(_("what his company gains"), _("One figure of the pilot."))
    source = _text(_("source of the figure"))
    standing = _text(_("where his company stands"), _("One line, with the next date."))
    need = _text(_("the one thing we need"), _("What, and by when."))
    why_you = _text(_("why only he can do it"))
    we_take_off = _text(_("what we take off his hands"))
    made_by = models.ForeignKey(
        User, models.PROTECT, related_name="briefs_made", verbose_name=_("made by")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BriefState, default=BriefState.DRAFT
    )
    # Who looked at it as it goes out, and sent it.
    reviewed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="briefs_reviewed",
        verbose_name=_("reviewed by"),
    )
    # In whose name it goes out.
    writer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="briefs_written",
        verbose_name=_("from"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The page as PDF.
    paper = models.BinaryField(_("page"), null=True, blank=True, editable=False)
    # Unanswered, it puts its CEO on the call list from this day of his region on.
    call_date = models.DateField(_("call from"), null=True, blank=True)
    answer = models.CharField(
        _("answer"), max_length=10, choices=BriefAnswer, blank=True
    )
    sentence = models.CharField(
        _("in his words"), max_length=SENTENCE_LENGTH, blank=True
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # The answer as a talk that counts; another answer corrects it.
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="briefs",
        verbose_name=_("contact"),
    )

    objects = BriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BriefState.values),
                name="brief_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=OUT)
                | models.Q(
                    sent_at__isnull=False,
                    reviewed_by__isnull=False,
                    writer__isnull=False,
                    call_date__isnull=False,
                    paper__isnull=False,
                ),
                name="brief_sent_was_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    answer__in=BriefAnswer.values,
                    answered_at__isnull=False,
                    contact__isnull=False,
                )
                | models.Q(answer="", answered_at=None, contact=None)
                & ~models.Q(state=BriefState.ANSWERED),
                name="brief_answer_is_a_contact",
            ),
            models.UniqueConstraint(
                fields=["ceo", "programme"],
                condition=models.Q(state=BriefState.DRAFT),
                name="brief_one_draft",
            ),
        ]
        indexes = [
            models.Index(fields=["ceo", "programme", "-sent_at"], name="brief_of_ceo"),
            models.Index(
                fields=["answered_at"],
                condition=models.Q(state=BriefState.ANSWERED),
                name="brief_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.need)

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}

    @property
    def told(self) -> list[tuple[str, str]]:
        """Its texts with what they are called."""
        columns: Any = self._meta
        return [
            (str(columns.get_field(name).verbose_name), text)
            for name, text in self.texts.items()
        ]

    @property
    def is_draft(self) -> bool:
        return self.state == BriefState.DRAFT

    @property
    def is_out(self) -> bool:
        return self.state in OUT
