"""What a named person was asked about a region, and what he said: checked and written."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from regions.models import Programme, User
from rollout.enums import ClarificationState
from rollout.models import Clarification, Task

from .checking import doubles, later, step_named, unknown
from .content import Content
from .entries import Entry
from .faults import Fault
from .ledger import Ledger
from .people import People, Regions

# In the order in which they come to pass.
MOMENTS = ("asked", "answered", "confirmed")
Tasks = Mapping[tuple[str, str], Task]


def faults_of_clarifications(
    content: Content, emails: Collection[str], at: datetime
) -> Iterator[Fault]:
    asked = content.of("clarifications")
    yield from doubles(asked, "region", "question")
    yield from unknown(asked, "region", content.region_codes)
    yield from unknown(asked, "by", emails)
    yield from unknown(asked, "of", emails)
    yield from step_named(content, asked, "task")
    for column in MOMENTS:
        said = _("This lies on a day to come.")
        yield from later(asked, content, column, said, at)
    for entry in asked:
        yield from _is_sound(entry)


def _is_sound(entry: Entry) -> Iterator[Fault]:
    if entry["by"] and entry["by"] == entry["of"]:
        yield entry.fault("of", _("Ask somebody else than yourself."))
    if entry["answer"] and entry["answered"] == "":
        yield entry.fault("answered", _("Say when it was answered."))
    if entry["answered"] and "" == entry["answer"] == entry["proposal"]:
        yield entry.fault("answer", _("Say what the answer was."))
    if entry["confirmed"] and entry["answer"] == "":
        yield entry.fault(
            "confirmed", _("There is no answer that was to be confirmed.")
        )
    for before, column in pairwise(MOMENTS):
        if entry[before] and entry[column] and entry[column] < entry[before]:
            yield entry.fault(column, _("This lies before what it follows."))


def load_clarifications(
    content: Content,
    ledger: Ledger,
    programme: Programme,
    *,
    regions: Regions,
    people: People,
) -> None:
    """Questions by region and text. Loading mails none: whom the files name knows them."""
    zones = {entry["code"]: content.zone_of(entry) for entry in content.of("regions")}
    tasks = _tasks(content, programme)
    drafts = {}
    for entry in content.of("clarifications"):
        moments = {
            column: content.shift.moment(entry[column], zones[entry["region"]])
            for column in MOMENTS
            if entry[column]
        }
        drafts[entry["region"], entry["question"]] = Clarification(
            region=regions[entry["region"]],
            programme=programme,
            task=tasks.get((entry["region"], entry["task"])),
            question=entry["question"],
            proposal=entry["proposal"],
            asked_by=people[entry["by"]],
            asked_of=people[entry["of"]],
            asked_at=moments["asked"],
            due_date=content.shift.day_or_none(entry["due"]),
            **_said(entry, moments, people),
        )
    rows = Clarification.objects.filter(programme=programme, region__code__in=regions)
    known = {
        (row.region.code, row.question): row for row in rows.select_related("region")
    }
    said = ["proposal", "asked_of_id", "due_date", "state", "answer"]
    ledger.take("questions", drafts, known, said)


def _tasks(content: Content, programme: Programme) -> Tasks:
    titles = {entry["task"] for entry in content.of("clarifications")}
    rows = Task.objects.filter(plan__programme=programme, step__title__in=titles)
    return {
        (row.plan.region.code, row.title): row
        for row in rows.select_related("plan__region")
    }


def _said(
    entry: Entry, moments: Mapping[str, datetime], people: People
) -> dict[str, Any]:
    """No answer to a proposal is a yes to it, by which it is confirmed; any other answer
    is confirmed by whoever asked."""
    answered, confirmed = moments.get("answered"), moments.get("confirmed")
    if answered is None:
        return {}
    who = people[entry["of"]]
    said = {
        "state": ClarificationState.ANSWERED,
        "answer": entry["answer"] or entry["proposal"],
        "answered_by": who,
        "answered_at": answered,
    }
    if not entry["answer"]:
        return said | _confirmed(who, answered)
    return said | (_confirmed(people[entry["by"]], confirmed) if confirmed else {})


def _confirmed(by: User, at: datetime) -> dict[str, Any]:
    state = ClarificationState.CONFIRMED
    return {"state": state, "confirmed_by": by, "confirmed_at": at}
