"""What the mails about findings place: those that wait, and the questions after a pilot."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from pilots.models import Finding, Pilot
from regions.models import Programme, User
from rollout.enums import DutyKind
from rollout.links import CLOSE_OUT, CLOSE_OUT_LINK, PAUSE
from rollout.models import CloseOut, Duty
from rollout.placing import BLOCKS, page
from rollout.placing.writing import Part
from rollout.queries.letters import Facts


def finding_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What the reader has in charge and nobody has decided for two weeks; told once."""
    told = {duty.object_id for duty in duties if duty.kind == DutyKind.FINDING}
    found = [
        row for row in facts.findings if row.pk in told and row.owner_id == recipient.pk
    ]
    if not found:
        return None
    return Part("finding", finding_context(found), found[0].programme)


def finding_context(found: list[Finding]) -> dict[str, Any]:
    return {
        "findings": [_line(row) for row in found[:BLOCKS]],
        "first": found[0],
        "count": len(found),
        "others": len(found) - 1,
        "more": max(len(found) - BLOCKS, 0),
        "list_url": page("pilots:finding-list"),
        "programme": found[0].programme,
        "pause": PAUSE,
    }


def _line(row: Finding) -> dict[str, str]:
    return {
        "title": row.title,
        "state": row.get_state_display(),
        "recommendation": row.recommendation,
        "url": page("pilots:finding", row.pk),
    }


def finding_sample(reader: User, at: datetime) -> dict[str, Any]:
    """One that was reviewed and then forgotten."""
    row = Finding(
        pk=1,
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        title=_("Training too early is forgotten"),
        recommendation=_("Place it in the last six weeks."),
    )
    return finding_context([row])


def close_out_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """Five questions about a pilot, asked a moment ago."""
    told = {duty.object_id for duty in duties if duty.kind == DutyKind.CLOSE_OUT}
    found = [row for row in facts.close_outs if row.pk in told]
    if not found:
        return None
    row = found[0]
    context = close_out_context(recipient, row)
    return Part("close-out", context, row.pilot.programme, writer=row.started_by)


def close_out_context(recipient: User, row: CloseOut) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "pilot": row.pilot.name,
        "asker": row.started_by.name,
        "programme": row.pilot.programme,
        "link": CLOSE_OUT,
        "days": CLOSE_OUT_LINK.lasts.days,
    }


def close_out_sample(reader: User, at: datetime) -> dict[str, Any]:
    programme = Programme(pk=1, code="ERP", name=_("ERP roll-out"))
    pilot = Pilot(pk=1, programme=programme, name=_("Pilot North"))
    asker = User(pk=1, name=_("Liaison North"))
    return close_out_context(reader, CloseOut(pilot=pilot, started_by=asker))
