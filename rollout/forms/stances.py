"""Forms about CEOs: a judgement, how to deal with him, and who follows him. Shape only."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regions.enums import Attitude
from regions.forms import once_key
from regions.forms.fields import offer_by_name
from regions.merging import MergingForm
from regions.models import Region, RegionalCEO, Stance, User
from regions.places import zones
from regions.services.stances import Judgement
from rollout.forms.people import DayField
from rollout.services.ceos import NewCEO

NEW, KNOWN, NOBODY = "new", "known", "nobody"


class JudgeForm(forms.Form):
    """Two choices and a sentence, over the judgement that was seen."""

    key = once_key()
    seen = forms.IntegerField(widget=forms.HiddenInput)
    current = forms.ChoiceField(label=_("Stands now"), choices=Attitude.choices)
    wanted = forms.ChoiceField(label=_("Wanted"), choices=Attitude.choices)
    sentence = forms.CharField(
        label=_("What shows it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence: what he said or did, and when."),
    )

    def __init__(self, newest: Stance | None, data: Any = None) -> None:
        now = {
            "seen": newest.pk if newest else 0,
            "current": newest.current if newest else Attitude.NEUTRAL,
            "wanted": newest.wanted if newest else Attitude.SUPPORTIVE,
        }
        super().__init__(data, initial=now)

    @property
    def judgement(self) -> Judgement:
        data = self.cleaned_data
        return Judgement(
            Attitude(data["current"]), Attitude(data["wanted"]), data["sentence"]
        )

    def look_again(self, newest: Stance | None, refusal: Exception) -> None:
        """What was written stays; sent again, it stands over what holds now."""
        sent: Any = self.data
        self.data = sent.copy()
        self.data["seen"] = str(newest.pk if newest else 0)  # type: ignore[index]
        self.add_error(None, str(refusal))


class MannersForm(MergingForm):
    """How a CEO is addressed, and what to be careful with."""

    address_as = forms.CharField(
        label=_("How to address"),
        max_length=100,
        required=False,
        help_text=_("As it is said, such as a title and a family name."),
    )
    careful_with = forms.CharField(
        label=_("Careful with"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only the CIO and the liaison of the region can read it."),
    )

    def __init__(self, ceo: RegionalCEO, data: Any = None) -> None:
        names = ("address_as", "careful_with", "version")
        super().__init__(data, initial={name: getattr(ceo, name) for name in names})

    @property
    def values(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name] for name in ("address_as", "careful_with")
        }


class SuccessionForm(forms.Form):
    """Who leads the region from a day on."""

    key = once_key()
    seen = forms.IntegerField(widget=forms.HiddenInput)
    who = forms.ChoiceField(
        label=_("Who follows"),
        choices=[
            (NEW, _("somebody new")),
            (KNOWN, _("somebody who is known")),
            (NOBODY, _("nobody yet")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    person = forms.ModelChoiceField(
        label=pgettext_lazy("one person", "Person"),
        queryset=User.objects.none(),
        required=False,
        empty_label="–",
    )
    from_date = DayField(
        label=_("From"),
        help_text=_("The first day of the new CEO, or the first one without any."),
    )

    def __init__(
        self,
        region: Region,
        people: QuerySet[User],
        current: RegionalCEO | None,
        day: date,
        data: Any = None,
    ) -> None:
        now = {
            "seen": current.pk if current else 0,
            "who": NEW,
            "language": get_language(),
            "time_zone": region.time_zone,
            "from_date": day,
        }
        super().__init__(data, initial=now)
        rows = people.filter(left_date=None)
        offer_by_name(
            self.fields["person"], rows, lambda row: f"{row.name} ({row.email})"
        )
        zone: Any = self.fields["time_zone"]
        zone.choices = zones(get_language())
        # One that is sent again may say what is so by now.
        if current is None and data is None:
            who: Any = self.fields["who"]
            who.choices = [one for one in who.choices if one[0] != NOBODY]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {NEW: ("name", "email"), KNOWN: ("person",)}.get(data.get("who", ""))
        for name in needed or ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed."))
        return data

    @property
    def successor(self) -> User | NewCEO | None:
        """None: nobody yet."""
        data = self.cleaned_data
        if data["who"] == NOBODY:
            return None
        if data["who"] == KNOWN:
            person: User = data["person"]
            return person
        details = {name: data[name] for name in ("phone", "language", "time_zone")}
        said = {name: value for name, value in details.items() if value}
        return NewCEO(data["name"], data["email"], said)
