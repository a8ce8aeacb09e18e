"""What somebody has begun to log and not saved yet."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ceos import RegionalCEO
from .people import User
from .programme import Programme


class ContactDraftQuerySet(models.QuerySet["ContactDraft"]):
    def visible_to(self, user: User) -> Self:
        """A note that is not given yet is read by nobody but who writes it."""
        return self.filter(user=user)


class ContactDraft(models.Model):
    """The form of one talk as its author left it. It has no history and ends with the log."""

    # A draft keeps nobody and nothing from going.
    user = models.ForeignKey(
        User, models.CASCADE, related_name="drafts", verbose_name=_("person")
    )
    ceo = models.ForeignKey(
        RegionalCEO,
        models.CASCADE,
        related_name="drafts",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme,
        models.CASCADE,
        related_name="drafts",
        verbose_name=_("programme"),
    )
    # What each field of the form said, by its name.
    data = models.JSONField(_("what it says"))
    saved_at = models.DateTimeField(_("saved"))

    objects = ContactDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a log")
        verbose_name_plural = _("drafts of logs")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "ceo", "programme"], name="draft_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ceo}, {self.saved_at:%Y-%m-%d}"
