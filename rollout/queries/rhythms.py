"""What a new rhythm for the CEOs of a wave brings: for the preview, and for the act."""

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import Calendar, Corrections, today
from regions.enums import Stage
from regions.models import CheckIn, Contact, RegionalCEO, Rhythm
from regions.queries import corrections
from regions.rhythm import RhythmState, rhythm_on
from regions.wording import listed
from rollout.models import Plan, Wave

# What one rhythm for a wave says; who calls is said of each.
SET_FOR_ALL = [
    *(f"{stage}_{kind}" for stage in Stage for kind in ("ideal", "longest")),
    "lead_weeks",
]


@dataclass(frozen=True)
class Setting:
    """One CEO's rhythm, and when the next talk is due before and after."""

    rhythm: Rhythm
    before: RhythmState | None
    after: RhythmState | None
    changes: bool

    @property
    def is_new(self) -> bool:
        return self.rhythm.pk is None

    @property
    def days(self) -> tuple[date | None, date | None]:
        return (
            self.before.next_due_date if self.before else None,
            self.after.next_due_date if self.after else None,
        )

    @property
    def is_sooner(self) -> bool:
        was, becomes = self.days
        return becomes is not None and (was is None or becomes < was)

    @property
    def is_later(self) -> bool:
        was, becomes = self.days
        return was is not None and (becomes is None or becomes > was)


@dataclass(frozen=True)
class RhythmPreview:
    """All that the act does. `seen` names exactly these rhythms as they are now."""

    values: Mapping[str, Any]
    settings: list[Setting]
    # Regions of the wave that nobody leads yet.
    without_ceo: list[str]

    @property
    def changed(self) -> list[Setting]:
        return [one for one in self.settings if one.changes]

    @property
    def line(self) -> str:
        """12 CEOs; 4 are talked to sooner, 2 later, 1 for the first time."""
        n = len(self.settings)
        parts = [ngettext("%(n)d CEO", "%(n)d CEOs", n) % {"n": n}]
        known = [one for one in self.changed if not one.is_new]
        sooner = sum(one.is_sooner for one in known)
        later = sum(one.is_later for one in known)
        new = sum(one.is_new for one in self.settings)
        if sooner:
            text = ngettext(
                "%(n)d is talked to sooner", "%(n)d are talked to sooner", sooner
            )
            parts.append(text % {"n": sooner})
        if later:
            text = ngettext(
                "%(n)d is talked to later", "%(n)d are talked to later", later
            )
            parts.append(text % {"n": later})
        if new:
            text = ngettext("%(n)d gets a rhythm", "%(n)d get a rhythm", new)
            parts.append(text % {"n": new})
        if not self.changed:
            parts.append(_("nothing changes"))
        return _("%(facts)s.") % {"facts": listed(parts)}

    @property
    def seen(self) -> str:
        rows = ";".join(
            f"{one.rhythm.ceo_id} {one.rhythm.pk} {one.rhythm.version}"
            for one in self.settings
        )
        said = f"{rows} {sorted(self.values.items())}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def rhythm_preview(
    wave: Wave, values: Mapping[str, Any], at: datetime
) -> RhythmPreview:
    """Six queries, however many CEOs."""
    plans = {
        plan.region_id: plan
        for plan in Plan.objects.running()
        .filter(wave=wave)
        .select_related("region")
        .order_by("region__code")
    }
    ceos = {
        ceo.region_id: ceo
        for ceo in RegionalCEO.objects.current()
        .filter(region__in=plans)
        .select_related("region", "user")
    }
    programme = wave.programme_id
    rows = Rhythm.objects.filter(ceo__in=ceos.values(), programme=programme)
    rhythms = {row.ceo_id: row for row in rows}
    facts = _Facts.read(programme, list(ceos.values()), at)
    settings = []
    for region, plan in plans.items():
        if (ceo := ceos.get(region)) is not None:
            rhythm = rhythms.get(ceo.pk) or new_rhythm(ceo, plan)
            rhythm.ceo = ceo
            settings.append(_setting(rhythm, values, facts))
    without = [plan.region.name for pk, plan in plans.items() if pk not in ceos]
    return RhythmPreview(values, settings, without)


def new_rhythm(ceo: RegionalCEO, plan: Plan) -> Rhythm:
    """The rhythm of a CEO who has none yet; not saved."""
    return Rhythm(
        ceo=ceo,
        programme_id=plan.programme_id,
        kick_off_date=plan.kick_off_date,
        go_live_date=plan.go_live_date,
    )


@dataclass(frozen=True)
class _Facts:
    """What a rhythm is computed from, by CEO."""

    at: datetime
    talked_at: Mapping[int, datetime]
    booked: Mapping[int, date]
    corrected: Corrections

    @classmethod
    def read(cls, programme: int, ceos: list[RegionalCEO], at: datetime) -> "_Facts":
        """Three queries."""
        talks = Contact.objects.two_way(at).filter(ceo__in=ceos, programme=programme)
        planned = CheckIn.objects.planned().filter(ceo__in=ceos, programme=programme)
        newest = talks.order_by().values("ceo").annotate(last=Max("held_at"))
        return cls(
            at=at,
            talked_at=dict(newest.values_list("ceo", "last")),
            booked=dict(planned.values_list("ceo", "day_date")),
            corrected=corrections(),
        )

    def state(self, rhythm: Rhythm) -> RhythmState | None:
        ceo = rhythm.ceo
        talked_at = self.talked_at.get(ceo.pk)
        return rhythm_on(
            today(ceo.region, self.at),
            rhythm,
            holder_from=ceo.from_date,
            last_talk=today(ceo.region, talked_at) if talked_at else None,
            booked=self.booked.get(ceo.pk),
            calendar=Calendar.of(ceo.region, self.corrected),
        )


def _setting(rhythm: Rhythm, values: Mapping[str, Any], facts: _Facts) -> Setting:
    changed = copy.copy(rhythm)
    for name, value in values.items():
        setattr(changed, name, value)
    differs = any(getattr(rhythm, name) != value for name, value in values.items())
    is_new = rhythm.pk is None
    return Setting(
        rhythm=rhythm,
        before=None if is_new else facts.state(rhythm),
        after=facts.state(changed),
        changes=differs or is_new,
    )


def usual_rhythm(wave: Wave) -> Rhythm:
    """What the CEOs of a wave have where all have the same, else the usual days. Saved
    by nobody: the form of the wave begins with it."""
    ceos = RegionalCEO.objects.current().filter(region__plans__wave=wave)
    rows = Rhythm.objects.filter(ceo__in=ceos, programme=wave.programme_id)
    found = {tuple(row) for row in rows.values_list(*SET_FOR_ALL).order_by()}
    same = dict(zip(SET_FOR_ALL, found.pop(), strict=True)) if len(found) == 1 else {}
    return Rhythm(**same)
