"""Writing what was said and asked: the asks of each CEO, the talks with him, and where he
was judged to stand."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from regions.enums import SETTLED_ASKS
from regions.models import Ask, CheckIn, Contact, Programme, Stance

from .content import Content
from .entries import Entry
from .ledger import Ledger
from .people import CEOs, People

NOON = time(12)
Asks = Mapping[tuple[str, str], Ask]


def load_asks(
    content: Content, ledger: Ledger, programme: Programme, ceos: CEOs
) -> Asks:
    """Asks by region and text, each in the state that its file gives."""
    zones = _zones(content)
    drafts = {
        (entry["region"], entry["text"]): Ask(
            ceo=ceos[entry["region"]],
            programme=programme,
            kind=entry["kind"],
            of=entry["of"],
            text=entry["text"],
            due_date=content.shift.day_or_none(entry["due"]),
            first_due_date=content.shift.day_or_none(entry["due"]),
            state=entry["state"],
            settled_at=_settled(entry, content, zones[entry["region"]]),
        )
        for entry in content.of("asks")
    }
    said = ["kind", "of", "due_date", "state"]
    # By region and not by CEO: a new CEO does not get the asks of his predecessor again.
    rows = Ask.objects.filter(programme=programme, ceo__region__code__in=ceos)
    known = {
        (row.ceo.region.code, row.text): row
        for row in rows.select_related("ceo__region")
    }
    return ledger.take("asks", drafts, known, [*said, "settled_at"])


def load_contacts(
    content: Content,
    ledger: Ledger,
    programme: Programme,
    *,
    ceos: CEOs,
    people: People,
    asks: Asks,
) -> None:
    """Talks, known by region and moment. They move no ask: those stand as their file says."""
    zones = _zones(content)
    drafts = {}
    for entry in content.of("contacts"):
        region = entry["region"]
        contact = _contact(entry, programme, people)
        contact.ceo = ceos[region]
        contact.held_at = content.shift.moment(entry["held"], zones[region])
        contact.ask = asks.get((region, entry["ask"]))
        drafts[region, contact.held_at] = contact
    rows = Contact.objects.filter(programme=programme, ceo__region__code__in=ceos)
    rows = rows.select_related("ceo__region").order_by("-id")
    known = {(row.ceo.region.code, row.held_at): row for row in rows}
    said = ["channel", "outcome", "minutes", "felt", "ask_id", "ask_answer", "note"]
    ledger.take("talks", drafts, known, ["by_id", *said])


def load_check_ins(
    content: Content, ledger: Ledger, programme: Programme, ceos: CEOs
) -> None:
    """Talks that are booked; a region that ever had one booked here gets none again."""
    drafts = {
        entry["region"]: CheckIn(
            ceo=ceos[entry["region"]],
            programme=programme,
            day_date=content.shift.day(entry["day"]),
            at_time=entry["time"],
            minutes=entry["minutes"],
            channel=entry["channel"],
        )
        for entry in content.of("check_ins")
    }
    rows = CheckIn.objects.filter(programme=programme, ceo__region__code__in=ceos)
    known = {row.ceo.region.code: row for row in rows.select_related("ceo__region")}
    said = ["day_date", "at_time", "minutes", "channel"]
    ledger.take("check-ins", drafts, known, said)


def load_stances(
    content: Content,
    ledger: Ledger,
    programme: Programme,
    *,
    ceos: CEOs,
    people: People,
) -> None:
    """Judgements, known by region and moment."""
    zones = _zones(content)
    drafts = {}
    for entry in content.of("stances"):
        region = entry["region"]
        judged_at = content.shift.moment(entry["judged"], zones[region])
        drafts[region, judged_at] = Stance(
            ceo=ceos[region],
            programme=programme,
            current=entry["current"],
            wanted=entry["wanted"],
            sentence=entry["sentence"],
            by=people[entry["by"]],
            judged_at=judged_at,
        )
    rows = Stance.objects.filter(programme=programme, ceo__region__code__in=ceos)
    rows = rows.select_related("ceo__region").order_by("-id")
    known = {(row.ceo.region.code, row.judged_at): row for row in rows}
    said = ["current", "wanted", "sentence", "by_id"]
    ledger.take("stances", drafts, known, said)


def _zones(content: Content) -> dict[str, ZoneInfo]:
    """Those of the files, not of the stored regions: else a region whose zone was mended
    here would get every talk once more."""
    return {entry["code"]: content.zone_of(entry) for entry in content.of("regions")}


def _settled(entry: Entry, content: Content, zone: ZoneInfo) -> datetime | None:
    """The files give one day of an ask: at its end, the day on which it came to it."""
    if entry["state"] not in SETTLED_ASKS or entry["due"] is None:
        return None
    return content.shift.moment(datetime.combine(entry["due"], NOON), zone)


def _contact(entry: Entry, programme: Programme, people: People) -> Contact:
    return Contact(
        programme=programme,
        by=people[entry["by"]],
        channel=entry["channel"],
        outcome=entry["outcome"],
        minutes=entry["minutes"] or None,
        felt=entry["felt"],
        ask_answer=entry["answer"],
        note=entry["note"],
    )
