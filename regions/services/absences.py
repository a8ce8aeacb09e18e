"""When people are away, and who stands in for them. Days are those of the person away."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regions import history
from regions.calendar import today
from regions.history import Act
from regions.models import Absence, User
from regions.wording import day as said_day


class CannotBeAway(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The days are past or taken, or the deputy cannot stand in on them."""


@transaction.atomic
def plan_absence(
    user: User, *, first: date, last: date, deputy: User | None, act: Act
) -> Absence:
    """Somebody will be away, or is from today on. Raises CannotBeAway."""
    _lock_people(user, deputy)
    if user.left_date is not None:
        raise CannotBeAway(_("This person left already."))
    if first < today(user, act.at):
        raise CannotBeAway(
            _("These days have begun already. Enter those from today on.")
        )
    absence = Absence(user=user, from_date=first, last_date=last, deputy=deputy)
    _check(absence)
    return history.create(absence, act)


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    first: date,
    last: date,
    deputy: User | None,
    version: int,
    act: Act,
) -> Absence:
    """Other days, another deputy; days that have passed stay as they were.

    Raises EditedMeanwhile and CannotBeAway.
    """
    _lock_people(absence.user, deputy)
    row = _locked(absence, version)
    now = today(row.user, act.at)
    if row.last_date < now:
        raise CannotBeAway(_("This absence is over; it stays as it was."))
    if first != row.from_date and min(first, row.from_date) < now:
        raise CannotBeAway(_("Its first day has passed and stays as it was."))
    if last < now - timedelta(days=1):
        raise CannotBeAway(_("Days that have passed stay as they were."))
    wanted = Absence(
        pk=row.pk, user=row.user, from_date=first, last_date=last, deputy=deputy
    )
    _check(wanted)
    values = {"from_date": first, "last_date": last, "deputy": deputy}
    history.change(row, values, act)
    return row


@transaction.atomic
def cancel_absence(absence: Absence, *, version: int, act: Act) -> None:
    """It does not take place, or ends with yesterday. Raises EditedMeanwhile, CannotBeAway."""
    row = _locked(absence, version)
    now = today(row.user, act.at)
    if row.last_date < now:
        raise CannotBeAway(_("This absence is over; it stays as it was."))
    if row.from_date < now:
        history.change(row, {"last_date": now - timedelta(days=1)}, act)
    else:
        history.delete(row, act)


def end_deputyships(user: User, act: Act) -> list[Absence]:
    """He stands in for nobody any more; who is away then has no deputy."""
    rows = (
        user.deputyships.filter(last_date__gte=act.at.date() - timedelta(days=1))
        .select_related("user")
        .select_for_update(of=("self",))
    )
    return history.change_all([(row, {"deputy": None}) for row in rows], act)


def _lock_people(*people: User | None) -> None:
    """Lest two acts at once send a deputy away and let him stand in; always in one order."""
    ids = [person.pk for person in people if person is not None]
    list(User.objects.filter(pk__in=ids).order_by("pk").select_for_update())


def _locked(absence: Absence, version: int) -> Absence:
    return history.lock(Absence.objects.select_related("user"), absence.pk, version)


def _check(wanted: Absence) -> None:
    first, last, deputy = wanted.from_date, wanted.last_date, wanted.deputy
    if last < first:
        raise CannotBeAway(_("The last day lies before the first."))
    others = Absence.objects.over(first, last).exclude(pk=wanted.pk)
    if own := others.filter(user=wanted.user).first():
        raise CannotBeAway(
            _("An absence from %(from)s to %(to)s is entered already.") % _days(own)
        )
    if stands_in := others.filter(deputy=wanted.user).select_related("user").first():
        said = {"name": wanted.user.name, "person": stands_in.user.name}
        raise CannotBeAway(
            _(
                "%(name)s stands in for %(person)s from %(from)s to %(to)s. "
                "Choose another deputy there first."
            )
            % {**said, **_days(stands_in)}
        )
    if deputy is not None:
        _check_deputy(wanted.user, deputy, first, last)


def _check_deputy(user: User, deputy: User, first: date, last: date) -> None:
    if deputy == user:
        raise CannotBeAway(_("Nobody stands in for himself."))
    if not deputy.may_sign_in:
        raise CannotBeAway(
            _("%(name)s has no login, so he cannot stand in.") % {"name": deputy.name}
        )
    if away := Absence.objects.over(first, last).filter(user=deputy).first():
        raise CannotBeAway(
            _("%(name)s is away from %(from)s to %(to)s. Choose somebody else.")
            % {"name": deputy.name, **_days(away)}
        )


def _days(absence: Absence) -> dict[str, str]:
    return {"from": said_day(absence.from_date), "to": said_day(absence.last_date)}
