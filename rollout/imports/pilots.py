"""Writing the middle app's part: the playbook, the pilots, and what they taught."""

from collections.abc import Mapping

from pilots.enums import FindingState
from pilots.models import Finding, Pilot, Procedure, Step
from regions.models import Programme

from .columns import Entry
from .content import Content
from .ledger import Ledger
from .playbook import procedures_of

Steps = Mapping[tuple[str, str], Step]
# The playbook's own versions come later; files describe the first.
FIRST = 1


def load_steps(content: Content, ledger: Ledger, programme: Programme) -> Steps:
    """Steps by procedure and title."""
    names = {
        name: Procedure(programme=programme, name=name, number=FIRST, position=position)
        for position, name in enumerate(procedures_of(content.steps))
    }
    rows = Procedure.objects.filter(programme=programme, number=FIRST)
    procedures = ledger.take("procedures", names, {row.name: row for row in rows}, [])
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
        for position, step in enumerate(content.steps)
    }
    known = {
        (row.procedure.name, row.title): row
        for row in Step.objects.filter(
            procedure__in=procedures.values()
        ).select_related("procedure")
    }
    counting = ["offset_days", "offset_unit", "needs_region"]
    fields = ["kind", "role", "function", *counting, "note"]
    return ledger.take("steps", drafts, known, fields)


def load_pilots(
    content: Content, ledger: Ledger, programme: Programme
) -> Mapping[str, Pilot]:
    """Each wave of pilot regions is a pilot, known by the wave's name; its scope is they."""
    regions: dict[str, list[str]] = {}
    for entry in content.of("regions"):
        if entry["pilot"]:
            regions.setdefault(entry["wave"], []).append(entry["name"])
    drafts = {
        name: Pilot(programme=programme, name=name, scope="\n".join(names)[:1000])
        for name, names in regions.items()
    }
    known = {row.name: row for row in Pilot.objects.filter(programme=programme)}
    return {**known, **ledger.take("pilots", drafts, known, [])}


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
