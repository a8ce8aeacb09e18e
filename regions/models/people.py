"""Every person, and the dated roles they hold."""

from datetime import datetime, time
from functools import cached_property
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import (
    GROUP_ROLES,
    REGION_ROLES,
    Audience,
    Change,
    PlannedMail,
    Right,
    Role,
)
from regions.validators import validate_weekdays, validate_zone

from .calendars import Located
from .history import Versioned
from .standing import Standing

HOURS_OF_A_WEEK = 80


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> Self:
        """All for headquarters; else oneself, colleagues of one's regions and headquarters."""
        standing = user.standing
        if standing.sees_all:
            return self
        near = Membership.objects.filter(user=models.OuterRef("pk")).filter(
            models.Q(region__in=standing.region_ids) | models.Q(region=None)
        )
        return self.filter(models.Q(pk=user.pk) | models.Exists(near))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").lower())
        return user


class User(Versioned, Located, AbstractBaseUser):
    """A person: staff, liaisons, helpers, and the CEOs and confirmers who never sign in."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    audience = Audience.ENGAGED
    silent_fields = Versioned.silent_fields | {"password", "last_login"}
    undo_right = Right.MANAGE_PEOPLE
    # Who may sign in, and by which links, is never what it was before by a tap.
    undo_keeps = frozenset({"email", "may_sign_in", "left_date", "links_revoked_at"})
    told_as = {
        "may_sign_in=True": _("May sign in"),
        "may_sign_in=False": _("May no longer sign in"),
    }

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=100)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="UTC", validators=[validate_zone]
    )
    working_days = models.CharField(
        _("working days"), max_length=7, default="12345", validators=[validate_weekdays]
    )
    planned_mail = models.CharField(
        _("planned mail"),
        max_length=10,
        choices=PlannedMail,
        default=PlannedMail.DAILY,
    )
    paused_until_date = models.DateField(
        _("no planned mail until"),
        null=True,
        blank=True,
        help_text=_("The first day on which it comes again."),
    )
    hours_per_week = models.PositiveSmallIntegerField(
        _("hours a week"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(HOURS_OF_A_WEEK)],
        help_text=_("For the roll-out. Empty: not known."),
    )
    left_date = models.DateField(
        _("left"), null=True, blank=True, editable=False, help_text=_("Counted in UTC.")
    )
    quiet_from_time = models.TimeField(_("quiet from"), default=time(20))
    quiet_to_time = models.TimeField(_("quiet until"), default=time(8))
    may_sign_in = models.BooleanField(
        _("may sign in"),
        default=False,
        help_text=_(
            "Regional CEOs and people who only confirm answer by mail and need no login."
        ),
    )

    links_revoked_at = models.DateTimeField(
        _("links in mails revoked"), null=True, blank=True, editable=False
    )
    # What allauth keeps of second factors, as far as the history and each request need it.
    # Written with it in one transaction; secrets stand in allauth's own table only.
    authenticator_app_at = models.DateTimeField(
        _("authenticator app since"), null=True, editable=False
    )
    recovery_codes_at = models.DateTimeField(
        _("recovery codes made at"), null=True, editable=False
    )
    passkeys = models.TextField(_("passkeys"), blank=True, editable=False)

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=~models.Q(email=""), name="user_email_given"
            ),
            models.CheckConstraint(
                condition=~models.Q(working_days=""), name="user_works"
            ),
            models.CheckConstraint(
                condition=models.Q(planned_mail__in=PlannedMail.values),
                name="user_planned_mail_known",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_week=None)
                | models.Q(hours_per_week__lte=HOURS_OF_A_WEEK),
                name="user_hours_fit_a_week",
            ),
            models.CheckConstraint(
                condition=models.Q(left_date=None) | models.Q(may_sign_in=False),
                name="user_left_has_no_login",
            ),
            # Some hours of the day must be left for the planned mail.
            models.CheckConstraint(
                condition=models.Q(quiet_to_time__lt=models.F("quiet_from_time")),
                name="user_quiet_over_night",
            ),
            models.CheckConstraint(
                condition=models.Q(subdivision="") | ~models.Q(country=""),
                name="user_subdivision_has_country",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    # Set where the clock is read (middleware, jobs, commands): roles hold at a moment.
    as_of: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.may_sign_in

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens for this person."""
        return self.as_of is not None and self.standing.is_hq

    @property
    def has_second_factor(self) -> bool:
        """Recovery codes alone are none: they stand in for another."""
        return self.authenticator_app_at is not None or self.passkeys != ""

    @property
    def moment(self) -> datetime:
        """`as_of`, where it must be set: the moment of the request, job or command."""
        if self.as_of is None:
            raise RuntimeError("set as_of before asking what somebody may do")
        return self.as_of

    @cached_property
    def standing(self) -> Standing:
        """Roles at `as_of`, read once."""
        return Standing.at(self.moment, self.pk)

    @cached_property
    def acts_for(self) -> frozenset[int]:
        """This person, and those for whom he stands in at `as_of`."""
        return self.standing.stands_in_for | {self.pk}


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> Self:
        standing = user.standing
        if standing.sees_all:
            return self
        return self.filter(
            models.Q(user=user) | models.Q(region__in=standing.region_ids)
        )

    def held_on(self, at: datetime) -> Self:
        day = at.date()
        return self.filter(from_date__lte=day).filter(
            models.Q(to_date=None) | models.Q(to_date__gt=day)
        )


class Membership(Versioned):
    """A role that somebody holds, in one region or for the whole group, for a time.

    Days are counted in UTC. The role ends at the start of `to_date`, so ending it today
    takes effect on the next request.
    """

    audience = Audience.ENGAGED
    told_as = {Change.CREATED: pgettext_lazy("role", "given")}

    user = models.ForeignKey(
        User, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    region = models.ForeignKey(
        "regions.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("region"),
    )
    from_date = models.DateField(_("from"))
    to_date = models.DateField(
        _("ends on"),
        null=True,
        blank=True,
        help_text=_("The first day without this role."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(to_date=None)
                | models.Q(to_date__gte=models.F("from_date")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=sorted(GROUP_ROLES), region=None)
                | models.Q(role__in=sorted(REGION_ROLES), region__isnull=False),
                name="membership_region_fits_role",
            ),
            # Two constraints, because SQLite cannot treat two empty regions as equal.
            models.UniqueConstraint(
                fields=["user", "role", "region"],
                condition=models.Q(to_date=None, region__isnull=False),
                name="membership_open_once_in_region",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(to_date=None, region=None),
                name="membership_open_once_in_group",
            ),
        ]
        indexes = [models.Index(fields=["region", "role"], name="membership_of_region")]

    def __str__(self) -> str:
        return f"{self.user.name}: {self.get_role_display()}"
