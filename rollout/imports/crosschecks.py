"""What a single cell cannot show: doubles, references into nothing, contradictions.

Each check gets the whole content and yields faults. Cells that are at fault themselves
are None and are passed over, so that one slip is named once.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from regions.enums import GROUP_ROLES, SETTLED_ASKS, Outcome
from regions.validators import validate_place
from rollout.enums import TaskState

from .checking import (
    doubles,
    later,
    not_there,
    said_before,
    step_named,
    unknown,
    without_ceo,
)
from .clarifications import faults_of_clarifications
from .columns import CEO
from .content import Content, Known, filled
from .entries import Entry
from .faults import Fault
from .lessonuses import faults_of_uses
from .plans import kick_off_of

# How to deal with somebody.
MANNERS = ("address_as", "careful_with")


def cross_faults(content: Content, known: Known, *, at: datetime) -> Iterator[Fault]:
    """All of them, file by file."""
    emails = filled(entry["email"] for entry in content.of("people")) | known.emails
    yield from _places(content)
    yield from _regions(content)
    yield from _steps(content)
    yield from _lessons(content)
    if not content.region_codes:
        # Every reference to a region would be named as well.
        return
    yield from _criteria(content)
    yield from _people(content)
    yield from _asks(content, known)
    yield from _contacts(content, known, emails, at)
    yield from _check_ins(content, known)
    yield from _stances(content, known, emails, at)
    yield from _task_states(content, emails)
    yield from faults_of_uses(content, emails)
    yield from faults_of_clarifications(content, emails, at)


# --- File by file --------------------------------------------------------------------


def _places(content: Content) -> Iterator[Fault]:
    for entry in [*content.of("regions"), *content.of("people")]:
        try:
            validate_place(entry["country"] or "", entry["subdivision"] or "")
        except ValidationError as refusal:
            for column, said in refusal.message_dict.items():
                # A cell at fault itself was named already.
                if entry[column] is not None:
                    yield entry.fault(column, " ".join(said))


def _regions(content: Content) -> Iterator[Fault]:
    entries = content.of("regions")
    yield from doubles(entries, "code")
    if content.kick_off is None or content.kick_off.offset_days is None:
        return
    for entry in entries:
        planned, actual = entry["planned_go_live"], entry["actual_go_live"]
        if planned is None:
            continue
        kick_off = kick_off_of(content, planned)
        if kick_off is not None and kick_off > (actual or planned):
            column = "actual_go_live" if actual else "planned_go_live"
            yield entry.fault(
                column,
                _("The kick-off on %(day)s lies after the go-live.")
                % {"day": kick_off},
            )


def _steps(content: Content) -> Iterator[Fault]:
    first: dict[tuple[str, str], Entry] = {}
    for step in content.steps:
        if None in step.key:
            continue
        before = first.setdefault(step.key, step.entry)
        if before is not step.entry:
            yield step.entry.fault(step.title_column, said_before(before))


def _lessons(content: Content) -> Iterator[Fault]:
    yield from doubles(content.of("lessons"), "title")
    yield from step_named(content, content.of("lessons"), "step")


def _criteria(content: Content) -> Iterator[Fault]:
    criteria = content.of("success_criteria")
    waves = filled(entry["wave"] for entry in content.of("regions") if entry["pilot"])
    yield from doubles(criteria, "pilot", "metric")
    yield from unknown(criteria, "pilot", waves)


def _people(content: Content) -> Iterator[Fault]:
    people = content.of("people")
    yield from doubles(people, "email")
    emails = filled(entry["email"] for entry in people)
    yield from doubles(content.of("signins"), "email")
    yield from unknown(content.of("signins"), "email", emails)
    regions = tuple(sorted(content.region_codes))
    heads: dict[str, Entry] = {}
    for entry in people:
        codes = entry["regions"] or ()
        for code in codes:
            if code not in content.region_codes:
                yield not_there(entry, "regions", code, regions)
            elif entry["role"] == CEO and heads.setdefault(code, entry) is not entry:
                yield entry.fault(
                    "regions", _("%(region)s has two CEOs.") % {"region": code}
                )
        yield from _region_fits_role(entry)
        if entry["role"] not in (CEO, None):
            for column in MANNERS:
                if entry[column]:
                    yield entry.fault(column, _("This belongs to CEOs only."))


def _region_fits_role(entry: Entry) -> Iterator[Fault]:
    if entry["role"] is None or entry["regions"] is None:
        return
    if entry["role"] in GROUP_ROLES and entry["regions"]:
        yield entry.fault(
            "regions", _("This role is for the whole group: leave it empty.")
        )
    if entry["role"] not in GROUP_ROLES and not entry["regions"]:
        yield entry.fault("regions", _("This role needs at least one region."))


def _asks(content: Content, known: Known) -> Iterator[Fault]:
    yield from _about_ceos("asks", content, known, "text")


def _about_ceos(
    sheet: str, content: Content, known: Known, *key: str
) -> Iterator[Fault]:
    """Each row is about the CEO of a region that is known and has one, and stands once."""
    rows = content.of(sheet)
    yield from doubles(rows, "region", *key)
    yield from unknown(rows, "region", content.region_codes)
    yield from without_ceo(rows, content, known)


def _contacts(
    content: Content, known: Known, emails: Collection[str], at: datetime
) -> Iterator[Fault]:
    contacts = content.of("contacts")
    yield from _about_ceos("contacts", content, known, "held")
    yield from unknown(contacts, "by", emails)
    said = _("A talk cannot be logged before it was held.")
    yield from later(contacts, content, "held", said, at)
    yield from _unknown_asks(contacts, content)
    for entry in contacts:
        yield from _talk_is_sound(entry)


def _settled_asks(states: Iterable[Entry], content: Content) -> Iterator[Fault]:
    settled = {
        (ask["region"], ask["text"])
        for ask in content.of("asks")
        if ask["state"] in SETTLED_ASKS
    }
    for entry in states:
        if (entry["region"], entry["ask"]) in settled:
            yield entry.fault(
                "ask", _("This ask is settled; no task waits for it any more.")
            )


def _unknown_asks(entries: Iterable[Entry], content: Content) -> Iterator[Fault]:
    """An ask is named by its text, among those of the same region."""
    texts: dict[str, set[str]] = {}
    for ask in content.of("asks"):
        if ask["region"] and ask["text"]:
            texts.setdefault(ask["region"], set()).add(ask["text"])
    by_region: dict[str, list[Entry]] = {}
    for entry in entries:
        by_region.setdefault(entry["region"], []).append(entry)
    for region, rows in by_region.items():
        if region in content.region_codes:
            yield from unknown(rows, "ask", texts.get(region, set()))


def _talk_is_sound(entry: Entry) -> Iterator[Fault]:
    """The rules that the log form keeps too."""
    reached = entry["outcome"] == Outcome.REACHED
    if reached and entry["minutes"] == 0:
        yield entry.fault("minutes", _("Say how many minutes the talk took."))
    if entry["answer"] and not entry["ask"]:
        yield entry.fault("answer", _("An answer needs the ask that it answers."))
    if entry["answer"] and entry["outcome"] and not reached:
        yield entry.fault("answer", _("Only a CEO who was reached gives an answer."))


def _check_ins(content: Content, known: Known) -> Iterator[Fault]:
    """One talk is planned with each CEO."""
    yield from _about_ceos("check_ins", content, known)


def _stances(
    content: Content, known: Known, emails: Collection[str], at: datetime
) -> Iterator[Fault]:
    stances = content.of("stances")
    yield from _about_ceos("stances", content, known, "judged")
    yield from unknown(stances, "by", emails)
    said = _("Nobody can have judged on a day to come.")
    yield from later(stances, content, "judged", said, at)


def _task_states(content: Content, emails: Collection[str]) -> Iterator[Fault]:
    states = content.of("task_states")
    yield from doubles(states, "region", "task")
    yield from unknown(states, "region", content.region_codes)
    yield from step_named(content, states, "task")
    yield from unknown(states, "waits_for", emails)
    yield from _unknown_asks(states, content)
    yield from _settled_asks(states, content)
    for entry in states:
        if entry["state"] == TaskState.BLOCKED:
            if entry["reason"] == "":
                yield entry.fault("reason", _("Say why the task is blocked."))
        elif entry["state"] is not None:
            for column in ("reason", "note", "waits_for", "ask"):
                if entry[column]:
                    yield entry.fault(column, _("This belongs to blocked tasks only."))
