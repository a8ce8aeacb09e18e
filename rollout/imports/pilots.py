"""Writing the middle app's part: the playbook, the pilots, what they reached and taught."""

from collections.abc import Mapping

from django.db.models import F

from pilots.enums import FindingState
from pilots.models import Finding, Pilot, Procedure, Step, SuccessCriterion
from pilots.services.playbook import open_draft, publish
from regions.models import Programme
from regions.rhythm import DEFAULT_END

from .content import Content
from .entries import Entry
from .ledger import Ledger
from .playbook import by_day, procedures_of

Steps = Mapping[tuple[str, str], Step]
FIRST = 1
COUNTING = ["offset_days", "offset_unit", "needs_region"]


def load_steps(content: Content, ledger: Ledger, programme: Programme) -> Steps:
    """Steps by procedure and title.

    A procedure that is new is published with its steps. What is published never changes, so
    a step that a known one lacks goes into the draft of its next version.
    """
    rows = Procedure.objects.filter(programme=programme).order_by("number")
    known = {row.name: row for row in rows}
    drafts = {
        name: Procedure(programme=programme, name=name, number=FIRST, position=position)
        for position, name in enumerate(procedures_of(content.steps))
    }
    procedures = ledger.take("procedures", drafts, known, [])
    steps = _load_steps(content, ledger, programme, procedures)
    for name, procedure in procedures.items():
        if name not in known:
            publish(procedure, version=procedure.version, act=ledger.act)
    return steps


def _load_steps(
    content: Content,
    ledger: Ledger,
    programme: Programme,
    procedures: dict[str, Procedure],
) -> Steps:
    rows = Step.objects.filter(procedure__programme=programme)
    # The published one before its copy in a draft.
    ordered = rows.select_related("procedure").order_by(
        F("procedure__published_at").asc(nulls_first=True), "procedure__number"
    )
    known = {(row.procedure.name, row.title): row for row in ordered}
    for name in {step.procedure for step in content.steps if step.key not in known}:
        if not procedures[name].is_draft:
            procedures[name] = open_draft(procedures[name], act=ledger.act)
    drafts = {
        step.key: Step(
            procedure=procedures[step.procedure],
            title=step.title,
            offset_days=step.offset_days,
            offset_unit=step.offset_unit,
            needs_region=step.needs_region,
            position=position,
            **step.details,
        )
        for position, step in enumerate(by_day(content.steps))
    }
    return ledger.take(
        "steps", drafts, known, ["kind", "role", "function", *COUNTING, "note"]
    )


def plannable(steps: Steps) -> Steps:
    """Those that plans are made from now: no draft, and nothing that was given up."""
    found = {step.procedure_id for step in steps.values()}
    newest = Procedure.objects.newest().filter(pk__in=found)
    numbers = set(newest.values_list("pk", flat=True))
    return {key: step for key, step in steps.items() if step.procedure_id in numbers}


def load_pilots(
    content: Content, ledger: Ledger, programme: Programme
) -> Mapping[str, Pilot]:
    """Each wave of pilot regions is a pilot, known by the wave's name; its scope is they."""
    regions: dict[str, list[Entry]] = {}
    for entry in content.of("regions"):
        if entry["pilot"]:
            regions.setdefault(entry["wave"], []).append(entry)
    drafts = {
        name: _pilot(content, programme, name, entries)
        for name, entries in regions.items()
    }
    known = {row.name: row for row in Pilot.objects.filter(programme=programme)}
    return {**known, **ledger.take("pilots", drafts, known, [])}


def _pilot(
    content: Content, programme: Programme, name: str, entries: list[Entry]
) -> Pilot:
    """It lasts from its first go-live to the end of the support after its last one."""
    days = [entry["actual_go_live"] or entry["planned_go_live"] for entry in entries]
    return Pilot(
        programme=programme,
        name=name,
        scope="\n".join(entry["name"] for entry in entries)[:1000],
        from_date=content.shift.day(min(days)),
        to_date=content.shift.day(max(days)) + DEFAULT_END,
    )


def load_criteria(
    content: Content, ledger: Ledger, pilots: Mapping[str, Pilot]
) -> None:
    """What the pilots had to reach, and did."""
    fields = ["unit", "baseline", "target", "direction", "actual", "evidence"]
    drafts = {
        (entry["pilot"], entry["metric"]): SuccessCriterion(
            pilot=pilots[entry["pilot"]],
            metric=entry["metric"],
            is_mandatory=entry["mandatory"],
            **{name: entry[name] for name in fields},
        )
        for entry in content.of("success_criteria")
    }
    rows = SuccessCriterion.objects.filter(pilot__in=pilots.values())
    known = {(row.pilot.name, row.metric): row for row in rows.select_related("pilot")}
    ledger.take("criteria", drafts, known, [*fields, "is_mandatory"])


def load_lessons(
    content: Content,
    ledger: Ledger,
    programme: Programme,
    *,
    steps: Steps,
    pilots: Mapping[str, Pilot],
) -> None:
    """Findings; one that names its step is adopted, so that it shows on the tasks."""
    by_title = {title: step for (_procedure, title), step in steps.items()}
    drafts = {
        entry["title"]: _finding(
            entry, ledger, programme, by_title.get(entry["step"]), pilots
        )
        for entry in content.of("lessons")
    }
    known = {row.title: row for row in Finding.objects.filter(programme=programme)}
    fields = ["kind", "area", "effect", "recommendation", "source", "state"]
    references = ["pilot_id", "wave_name", "step_id"]
    ledger.take("lessons", drafts, known, [*fields, *references])


def _finding(
    entry: Entry,
    ledger: Ledger,
    programme: Programme,
    step: Step | None,
    pilots: Mapping[str, Pilot],
) -> Finding:
    pilot = pilots.get(entry["from"])
    return Finding(
        programme=programme,
        kind=entry["kind"],
        area=entry["area"],
        title=entry["title"],
        effect=entry["effect"],
        recommendation=entry["recommendation"],
        pilot=pilot,
        wave_name="" if pilot else entry["from"],
        source=entry["source"],
        step=step,
        state=FindingState.ADOPTED.value if step else FindingState.PROPOSED.value,
        author=ledger.act.by,
    )
