"""Writing a checked programme in one transaction: all of it, or nothing.

Rows are found again by their natural keys, so a second load writes nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from regions.enums import Via
from regions.history import Act
from regions.models import Programme, User
from regions.queries import calendars
from rollout.services.plans import CannotMoveGoLive, CannotPlan

from .clarifications import load_clarifications
from .content import Content
from .engagement import load_asks, load_check_ins, load_contacts, load_stances
from .ledger import Count, Ledger
from .lessonuses import load_uses
from .people import (
    load_ceos,
    load_memberships,
    load_people,
    load_programme_row,
    load_regions,
)
from .pilots import (
    load_criteria,
    load_lessons,
    load_pilots,
    load_steps,
    plannable,
)
from .plans import Owners, Work, load_plans, load_waves
from .programme import Checked


class CannotLoad(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The files have faults, or somebody wrote the same rows at the same moment."""


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    programme: Programme
    counts: tuple[Count, ...]


def load(checked: Checked, *, by: User | None, at: datetime) -> Loaded:
    """Write what is new. Raises CannotLoad."""
    if checked.faults:
        raise CannotLoad(_("The files have faults; nothing was loaded."))
    ledger = Ledger(Act(by=by, at=at, via=Via.IMPORT))
    try:
        with transaction.atomic():
            programme = _write(checked, ledger)
    except IntegrityError as fault:
        raise CannotLoad(
            _("Somebody else changed the same rows at this moment. Load again.")
        ) from fault
    except (CannotPlan, CannotMoveGoLive) as refusal:
        raise CannotLoad(str(refusal)) from refusal
    return Loaded(programme, tuple(ledger.counts.values()))


def _write(checked: Checked, ledger: Ledger) -> Programme:
    with translation.override(_language(checked.content)):
        return _write_rows(checked.content, ledger)


def _language(content: Content) -> str:
    """That of the people in the files: the few words that the load adds are for them."""
    spoken = Counter(str(entry["language"]) for entry in content.of("people"))
    return max(spoken, key=lambda code: spoken[code], default=settings.LANGUAGE_CODE)


def _write_rows(content: Content, ledger: Ledger) -> Programme:
    programme = load_programme_row(content, ledger)
    regions = load_regions(content, ledger)
    people = load_people(content, ledger)
    memberships = load_memberships(content, ledger, regions=regions, people=people)
    # Before the plans, which start the rhythm of the CEO they find.
    ceos = load_ceos(content, ledger, regions=regions, people=people)
    steps = load_steps(content, ledger, programme)
    pilots = load_pilots(content, ledger, programme)
    load_criteria(content, ledger, pilots)
    load_lessons(content, ledger, programme, steps=steps, pilots=pilots)
    waves = load_waves(content, ledger, programme)
    # Before the tasks, some of which wait for them.
    asks = load_asks(content, ledger, programme, ceos)
    work = Work(
        content,
        plannable(steps),
        people,
        Owners.of(content, memberships),
        asks,
        calendars(),
        ledger.act.at,
    )
    load_plans(ledger, work, programme, regions=regions, waves=waves)
    load_contacts(content, ledger, programme, ceos=ceos, people=people, asks=asks)
    load_check_ins(content, ledger, programme, ceos)
    load_uses(content, ledger, programme, people)
    load_clarifications(content, ledger, programme, regions=regions, people=people)
    load_stances(content, ledger, programme, ceos=ceos, people=people)
    return programme
