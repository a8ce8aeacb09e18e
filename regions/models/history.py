"""The one table of changes, and the version that rows people edit carry."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Audience, Change, Right, Via
from regions.privacy import PRIVATE_FIELDS

if TYPE_CHECKING:
    from .people import User


class Versioned(models.Model):
    """A row that people edit. Services compare the version, so nobody overwrites unseen."""

    # Who may read this row's history; private fields (`regions.privacy`) narrow it further.
    audience: ClassVar[Audience] = Audience.REGION
    # Fields that only they are told of who know the talks with the CEO.
    engaged_fields: ClassVar[frozenset[str]] = frozenset()
    # Whether people may hang files on its rows.
    takes_files: ClassVar[bool] = False
    # Fields that say nothing to a reader of the history.
    silent_fields: ClassVar[frozenset[str]] = frozenset({"id", "version"})
    # Recorded, as undo needs them, but not told: another field of the act says it. With
    # an equals sign at the end only where the field became empty.
    untold_fields: ClassVar[frozenset[str]] = frozenset()
    # Fields that hold codes of such choices, with commas between.
    code_lists: ClassVar[Mapping[str, type[models.TextChoices]]] = {}
    # What was done, in words: by kind of change, field or `field=value` that it became.
    told_as: ClassVar[Mapping[str, Any]] = {}
    # The right that takes back a change from the history; without one nobody does. Besides
    # who holds it, the person in the field `undo_owner` may. Fields in `undo_keeps` have
    # an act of their own that sets them right. Some fields need a right of their own, and
    # where `undo_owner_fields` is given, that person takes back changes of these only.
    # Numbers in `undo_raises` only grow: taking back is one more change to who counts them.
    undo_right: ClassVar[Right | None] = None
    undo_rights: ClassVar[Mapping[str, Right]] = {}
    undo_owner: ClassVar[str] = ""
    undo_owner_fields: ClassVar[frozenset[str] | None] = None
    undo_keeps: ClassVar[frozenset[str]] = frozenset()
    undo_raises: ClassVar[frozenset[str]] = frozenset()
    # What stands in the history of other rows for one that its reader does not see; where
    # it is empty, everybody reads the name.
    name_unseen: ClassVar[Any] = ""
    # What the text and the region of its rows are made of, to be read for many at once.
    named_by: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def history_region_id(self) -> int | None:
        """The region whose page shows this row's history; none for what belongs to all."""
        return getattr(self, "region_id", None)


def private_entries() -> models.Q:
    """Written as private, or of a field that has become so since."""
    found = models.Q(audience=Audience.PRIVATE)
    for label, names in PRIVATE_FIELDS.items():
        found |= models.Q(model=label, field__in=sorted(names))
    return found


class HistoryIsKept(TypeError):  # noqa: N818 - a refusal, named for its reason
    """An entry of the history is written once: never altered, never deleted."""


class HistoryEntryQuerySet(models.QuerySet["HistoryEntry"]):
    """Only adds. The database refuses the rest too, for code that goes past this one."""

    def update(self, **values: Any) -> NoReturn:
        raise HistoryIsKept

    def bulk_update(self, *arguments: Any, **values: Any) -> NoReturn:
        raise HistoryIsKept

    def delete(self) -> NoReturn:
        raise HistoryIsKept

    delete.queryset_only = True  # type: ignore[attr-defined] # as Django's own

    def visible_to(self, user: "User") -> Self:
        """Entries as far as the rows themselves: no history tells more than a page."""
        standing = user.standing
        if standing.is_cio:
            return self
        own = models.Q(region__in=standing.liaison_of)
        if standing.sees_all:
            return self.filter(own | ~private_entries())
        if not standing.roles:
            return self.none()
        near = models.Q(region__in=standing.region_ids) | models.Q(region=None)
        shared = models.Q(audience=Audience.REGION) & ~private_entries()
        return self.filter(own | (near & shared))

    def told_to(self, user: "User") -> Self:
        """What somebody is told: also that private fields changed, of rows that he sees.

        And what became of himself. `regions.telling` leaves the private texts out.
        """
        if user.standing.sees_all:
            return self.all()
        himself = models.Q(model=user._meta.label_lower, object_id=user.pk)
        return self.visible_to(user) | self.filter(himself)

    def lasting(self) -> Self:
        """Without what was taken back, and without taking it back."""
        entries = HistoryEntry.objects
        undone = entries.filter(undoes=models.OuterRef("act"))
        again = entries.filter(act=models.OuterRef("undoes"), undoes__isnull=False)
        return self.filter(
            models.Q(undoes=None) | models.Exists(again), ~models.Exists(undone)
        )

    def of(self, row: models.Model) -> Self:
        return self.filter(model=row._meta.label_lower, object_id=row.pk)


class HistoryEntry(models.Model):
    """One field of one row that changed: from, to, by whom, through which door, when.

    Written only by `regions.history`, in the transaction of the change itself.
    """

    model = models.CharField(_("kind of row"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    object_text = models.CharField(_("name of the row"), max_length=200)
    region = models.ForeignKey(
        "regions.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="history",
        verbose_name=_("region"),
    )
    act = models.UUIDField(_("act"), default=uuid.uuid4)
    # The act that this one took back.
    undoes = models.UUIDField(_("takes back"), null=True, blank=True)
    change = models.CharField(_("change"), max_length=10, choices=Change)
    field = models.CharField(_("field"), max_length=60, blank=True)
    before = models.TextField(_("from"), blank=True, default="")
    after = models.TextField(_("to"), blank=True, default="")
    was_null = models.BooleanField(_("was empty"), default=False)
    is_null = models.BooleanField(_("is empty"), default=False)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.REGION
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        "regions.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("by"),
    )
    via = models.CharField(_("through"), max_length=10, choices=Via)
    at = models.DateTimeField(_("at"))

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(change__in=Change.values),
                name="history_change_known",
            ),
            models.CheckConstraint(
                condition=models.Q(via__in=Via.values), name="history_via_known"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values),
                name="history_audience_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(change=Change.CHANGED) | ~models.Q(field=""),
                name="history_change_names_field",
            ),
        ]
        indexes = [
            models.Index(fields=["model", "object_id", "-id"], name="history_of_row"),
            models.Index(fields=["region", "-at"], name="history_of_region"),
            models.Index(fields=["model", "field", "at"], name="history_of_field"),
            models.Index(fields=["act", "at"], name="history_by_act"),
            models.Index(
                fields=["undoes"],
                condition=models.Q(undoes__isnull=False),
                name="history_undone",
            ),
        ]

    def __str__(self) -> str:
        return self.object_text

    def save(self, *arguments: Any, **values: Any) -> None:
        """Saves a new entry; one that is there already stays as it is."""
        if not self._state.adding:
            raise HistoryIsKept
        super().save(*arguments, **values)

    def delete(self, *arguments: Any, **values: Any) -> NoReturn:
        raise HistoryIsKept
