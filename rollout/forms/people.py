"""Forms about people, for headquarters: shape only; services decide."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regions.calendar import today
from regions.enums import Role
from regions.forms import DateInput, SettingsForm, once_key
from regions.forms.fields import offer_by_name
from regions.merging import MergingForm
from regions.models import Absence, Membership, Region, User
from regions.models.people import HOURS_OF_A_WEEK
from regions.places import zones

from .filters import Filter, region_field

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)


class DayField(forms.DateField):
    """A day that a roll-out can have; a slip of the keys may give any year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DateInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise forms.ValidationError(_("Give a day of this century."))
        return day


class HoursField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Hours a week"),
            required=False,
            min_value=0,
            max_value=HOURS_OF_A_WEEK,
            help_text=_("For the roll-out. Empty: not known."),
            **kwargs,
        )


def _languages() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Of pages and mails."),
    )


def _region() -> Any:
    return forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        required=False,
        empty_label="–",
        help_text=_(
            "Only for roles in a region. CIO, headquarters and auditors have none."
        ),
    )


def _role() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Role"), choices=[("", "–"), *Role.choices])


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Asked for when a day lies in the past; it stays in the history."),
    )


def _offer_regions(form: forms.Form, regions: QuerySet[Region]) -> None:
    offer_by_name(form.fields["region"], regions)


def _offer_people(field: Any, people: QuerySet[User], but: User) -> None:
    """Those with a login, except one."""
    offer_by_name(field, people.filter(may_sign_in=True).exclude(pk=but.pk))


class PeopleFilter(Filter):
    """Which people are wanted; from the address, where nonsense filters nothing."""

    q = forms.CharField(
        label=_("Name or e-mail"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All")), *Role.choices], required=False
    )
    region = region_field()
    state = forms.ChoiceField(
        label=pgettext_lazy("people", "Which"),
        choices=[
            ("", _("with a login")),
            ("away", _("away today")),
            ("no-role", _("without a role")),
            ("no-login", _("without a login")),
            ("left", _("who left")),
        ],
        required=False,
    )

    def __init__(self, regions: QuerySet[Region], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(region=regions)


class InviteForm(forms.Form):
    """A new person, and what he does at first."""

    key = once_key()
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    role = _role()
    region = _region()
    from_date = DayField(label=_("From"))
    language = _languages()
    time_zone = forms.ChoiceField(label=_("Time zone"))
    hours_per_week = HoursField()

    def __init__(
        self, regions: QuerySet[Region], inviter: User, data: Any = None
    ) -> None:
        # Most people live where whoever invites them does.
        initial = {
            "language": get_language(),
            "time_zone": inviter.time_zone,
            "from_date": inviter.moment.date(),
        }
        super().__init__(data, initial=initial)
        _offer_regions(self, regions)
        zone: Any = self.fields["time_zone"]
        zone.choices = zones(get_language())

    @property
    def details(self) -> dict[str, Any]:
        kept = ("phone", "language", "time_zone", "hours_per_week")
        return {name: self.cleaned_data[name] for name in kept}


class PersonForm(SettingsForm):
    """What headquarters keeps of a person; how often mail comes is his own choice.

    A field that is None here is none of this form's.
    """

    planned_mail = None  # type: ignore[assignment]
    paused_until_date = None  # type: ignore[assignment]
    quiet_from_time = None  # type: ignore[assignment]
    quiet_to_time = None  # type: ignore[assignment]
    name = forms.CharField(label=_("Name"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    hours_per_week = HoursField()
    language = _languages()
    field_order = ("name", "phone", "hours_per_week", "language", "time_zone")


class GiveRoleForm(forms.Form):
    key = once_key()
    role = _role()
    region = _region()
    from_date = DayField(label=_("From"))
    to_date = DayField(
        label=_("Ends on"),
        required=False,
        help_text=_("The first day without this role. Empty: until further notice."),
    )
    reason = _reason()

    def __init__(
        self, regions: QuerySet[Region], at: datetime, data: Any = None
    ) -> None:
        super().__init__(data, initial={"from_date": at.date()})
        _offer_regions(self, regions)


class EndRoleForm(MergingForm):
    to_date = DayField(
        label=_("Ends on"),
        help_text=_("The first day without this role; today ends it at once."),
    )
    reason = _reason()

    def __init__(self, role: Membership, day: date, data: Any = None) -> None:
        now = {"to_date": role.to_date or day, "version": role.version}
        super().__init__(data, initial=now)


class AbsenceForm(MergingForm):
    from_date = DayField(label=_("First day away"))
    last_date = DayField(label=_("Last day away"))
    deputy = forms.ModelChoiceField(
        label=_("Who stands in"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
        help_text=_(
            "Gets the calls and reminders of these days, and sees what they need."
        ),
    )
    # A new one has none.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        people: QuerySet[User],
        person: User,
        data: Any = None,
        *,
        absence: Absence | None = None,
        at: datetime,
    ) -> None:
        initial: dict[str, Any] = {"from_date": today(person, at)}
        if absence is not None:
            names = ("from_date", "last_date", "deputy", "version")
            initial = {name: getattr(absence, name) for name in names}
        super().__init__(data, initial=initial)
        _offer_people(self.fields["deputy"], people, person)


class PlanAbsenceForm(AbsenceForm):
    key = once_key()


class HandOverForm(forms.Form):
    """To whom; the act itself says which preview it means."""

    taker = forms.ModelChoiceField(
        label=_("To"), queryset=User.objects.none(), empty_label="–"
    )

    def __init__(self, people: QuerySet[User], giver: User, data: Any = None) -> None:
        super().__init__(data)
        _offer_people(self.fields["taker"], people, giver)
