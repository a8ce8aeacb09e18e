"""Writing the bottom app's part: companies, people, their roles, and who heads what."""

from collections.abc import Mapping

from regions.models import Membership, Programme, Region, RegionalCEO, User

from .columns import CEO
from .content import Content
from .dates import morning_zone
from .entries import Entry
from .ledger import Ledger
from .values import MORNING

Regions = Mapping[str, Region]
People = Mapping[str, User]
CEOs = Mapping[str, RegionalCEO]


def load_programme_row(content: Content, ledger: Ledger) -> Programme:
    draft = Programme(
        code=content.code, name=content.name, date_shift_weeks=content.shift.weeks
    )
    known = {row.code: row for row in Programme.objects.filter(code=content.code)}
    return ledger.take("programme", {content.code: draft}, known, ["name"])[
        content.code
    ]


def load_regions(content: Content, ledger: Ledger) -> Regions:
    drafts = {
        entry["code"]: Region(
            code=entry["code"],
            name=entry["name"],
            time_zone=content.zone_name_of(entry),
            country=entry["country"],
            subdivision=entry["subdivision"],
        )
        for entry in content.of("regions")
    }
    known = {row.code: row for row in Region.objects.filter(code__in=drafts)}
    fields = ["name", "time_zone", "country", "subdivision"]
    return ledger.take("regions", drafts, known, fields)


def load_people(content: Content, ledger: Ledger) -> People:
    """People by e-mail, those too that only an earlier load knows."""
    named = {entry["email"]: entry for entry in content.of("people")}
    others = {entry["by"] for entry in content.of("contacts")}
    others |= {entry["by"] for entry in content.of("stances")}
    others |= {entry["by"] for entry in content.of("lesson_uses")}
    others |= {entry["by"] for entry in content.of("clarifications")}
    others |= {entry["of"] for entry in content.of("clarifications")}
    others |= {entry["waits_for"] for entry in content.of("task_states")}
    known = {
        user.email: user
        for user in User.objects.filter(email__in=named.keys() | others)
    }
    passwords = {entry["email"]: entry["password"] for entry in content.of("signins")}
    drafts = {}
    for email, entry in named.items():
        drafts[email] = _person(entry, content, ledger)
        # Hashing takes long, and only a new person gets the password.
        if email in passwords and email not in known:
            drafts[email].set_password(passwords[email])
        else:
            drafts[email].set_unusable_password()
    fields = [
        "name", "phone", "language", "working_days", "country", "subdivision",
        "may_sign_in",
    ]  # fmt: skip
    return {**known, **ledger.take("people", drafts, known, fields)}


def _person(entry: Entry, content: Content, ledger: Ledger) -> User:
    zone = entry["time_zone"] or content.time_zone
    return User(
        email=entry["email"],
        name=entry["name"],
        phone=entry["phone"],
        language=entry["language"],
        time_zone=morning_zone(ledger.act.at) if zone == MORNING else zone,
        working_days=entry["working_days"],
        country=entry["country"],
        subdivision=entry["subdivision"],
        may_sign_in=entry["role"] != CEO,
    )


def load_memberships(
    content: Content, ledger: Ledger, *, regions: Regions, people: People
) -> list[Membership]:
    """The open roles of people.csv, in the order of its rows."""
    drafts = {
        (entry["email"], entry["role"], code): Membership(
            user=people[entry["email"]],
            role=entry["role"],
            region=regions[code] if code else None,
            from_date=content.shift.day(entry["from"]),
        )
        for entry in content.of("people")
        if entry["role"] != CEO
        for code in entry["regions"] or [""]
    }
    # A role that was ended here stays ended; the open one counts if there are both.
    rows = Membership.objects.filter(user__in=people.values()).order_by("id")
    known = {
        (row.user.email, row.role, row.region.code if row.region else ""): row
        for row in sorted(rows.select_related("user", "region"), key=_is_open)
    }
    taken = ledger.take("roles", drafts, known, ["from_date", "to_date"])
    return [row for row in taken.values() if _is_open(row)]


def load_ceos(
    content: Content, ledger: Ledger, *, regions: Regions, people: People
) -> CEOs:
    """The CEO of each region: the one who is known here, else the one of people.csv."""
    drafts = {
        code: RegionalCEO(
            user=people[entry["email"]],
            region=regions[code],
            from_date=content.shift.day(entry["from"]),
            address_as=entry["address_as"],
            careful_with=entry["careful_with"],
        )
        for code, entry in content.ceos.items()
    }
    # A region whose CEO left and that has no other yet gets none from the files.
    rows = RegionalCEO.objects.filter(region__in=regions.values()).order_by("id")
    known = {
        row.region.code: row
        for row in sorted(rows.select_related("region", "user"), key=_is_open)
    }
    said = ["user_id", "from_date", "to_date", "address_as", "careful_with"]
    return {**known, **ledger.take("CEOs", drafts, known, said)}


def _is_open(row: Membership | RegionalCEO) -> bool:
    return row.to_date is None
