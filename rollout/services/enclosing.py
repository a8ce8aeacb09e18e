"""What goes with a mail as a file: kept with its row, so that each copy is the same bytes."""

from rollout.enums import DutyKind
from rollout.envelope import Enclosed
from rollout.models import Brief, Duty, Mail


def enclosed_in(mail: Mail) -> tuple[Enclosed, ...]:
    """The page of a brief. Other kinds of mail carry nothing, and are not asked about."""
    if not mail.slot.startswith(f"{DutyKind.BRIEF} "):
        return ()
    told = Duty.objects.filter(mail=mail, kind=DutyKind.BRIEF)
    rows = Brief.objects.filter(pk__in=told.values("object_id"))
    return tuple(page_of(row) for row in rows.select_related("ceo__region"))


def page_of(row: Brief) -> Enclosed:
    """The page of one that was sent."""
    assert row.paper is not None  # noqa: S101 - a constraint of the table
    code = "".join(
        one for one in row.ceo.region.code if one.isascii() and one.isalnum()
    )
    name = f"brief-{code.lower()}.pdf" if code else "brief.pdf"
    return Enclosed(name, "application/pdf", bytes(row.paper))
