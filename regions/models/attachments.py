"""Files that people hang on a row: evidence of a task, sources of a finding."""

import os
import secrets
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Audience, Change, FileKind

from .history import Versioned
from .people import User
from .programme import Programme, Region


@deconstructible(path="regions.models.attachments.AttachmentStorage")
class AttachmentStorage(FileSystemStorage):
    """A folder that no web server serves; its files are read through a view only."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(settings.ATTACHMENT_DIR)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100 - Django's way


def random_name(_row: Any = None, _name: str = "") -> str:
    """A name that tells nothing and cannot be guessed."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def kinds_with_files() -> list[type[Versioned]]:
    """The models whose rows take files: those that say so."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Versioned) and model.takes_files
    ]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """To those who see the row that it hangs on."""
        seen = models.Q(pk__in=[])
        for model in kinds_with_files():
            rows: Any = model._default_manager
            near = rows.visible_to(user).values("pk")
            seen |= models.Q(model=model._meta.label_lower, object_id__in=near)
        return self.filter(seen)

    def of(self, row: models.Model) -> Self:
        return self.filter(model=row._meta.label_lower, object_id=row.pk)

    def standing(self) -> Self:
        """Neither withdrawn nor erased."""
        return self.filter(withdrawn_at=None, erased_at=None)


class Attachment(Versioned):
    """One file on one row. Withdrawn ones are served no more, and erased after a time.

    The row itself is never deleted: it keeps what there was, from whom, and when it went.
    """

    # The names on the disk say nothing; the digest belongs to no reader.
    silent_fields = Versioned.silent_fields | {"file", "preview", "digest"}

    told_as = {
        Change.CREATED: pgettext_lazy("file", "added"),
        "withdrawn_at": pgettext_lazy("file", "Withdrawn"),
        "erased_at": pgettext_lazy("file", "Erased"),
    }

    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        related_name="attachments",
        verbose_name=_("programme"),
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("region"),
    )
    model = models.CharField(_("kind of row"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=FileKind)
    size = models.PositiveIntegerField(_("bytes"))
    # SHA-256 of what was sent: the same file twice on one row is one attachment.
    digest = models.CharField(_("digest"), max_length=64)
    file = models.FileField(
        _("file"), storage=AttachmentStorage(), upload_to=random_name, blank=True
    )
    preview = models.FileField(
        _("preview"), storage=AttachmentStorage(), upload_to=random_name, blank=True
    )
    by = models.ForeignKey(
        User, models.PROTECT, related_name="attachments", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FileKind.values),
                name="attachment_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="attachment_has_name"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=1), name="attachment_has_bytes"
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=False, file="", preview="")
                | (models.Q(erased_at=None) & ~models.Q(file="")),
                name="attachment_erased_has_no_file",
            ),
            models.UniqueConstraint(
                fields=["model", "object_id", "digest"],
                condition=models.Q(withdrawn_at=None, erased_at=None),
                name="attachment_once",
            ),
        ]
        indexes = [
            models.Index(fields=["model", "object_id", "id"], name="attachment_of_row"),
            models.Index(
                fields=["programme", "withdrawn_at"],
                condition=models.Q(erased_at=None),
                name="attachment_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None and self.erased_at is None

    @property
    def audience(self) -> Audience:  # type: ignore[override]
        """A finding belongs to no region, and is not seen by all before it is adopted."""
        return Audience.REGION if self.region_id else Audience.ENGAGED
