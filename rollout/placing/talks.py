"""What the mails about booked talks place, and the entries that go with them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.enums import Channel, CheckInState
from regions.models import CheckIn, User
from regions.wording import capital, ceo_of, full_day, listed, moment
from rollout.ical import Entry, Method, Party, message, uid
from rollout.placing import page
from rollout.queries.calls import Call
from rollout.queries.talks import Booked


def talk_context(recipient: User, one: Booked, at: datetime) -> dict[str, Any]:
    """What the templates of a talk that is booked or moved place."""
    return {
        **_common(recipient, one),
        "is_moved": recipient.pk in one.told_before,
        "times": times(one, recipient),
        "calendar": _message(Method.REQUEST, recipient, one, at),
    }


def off_context(recipient: User, one: Booked, at: datetime) -> dict[str, Any]:
    """The same for one that leaves the calendar."""
    is_planned = one.row.state == CheckInState.PLANNED
    return {
        **_common(recipient, one),
        # Planned all the same: some time that day, or with somebody else.
        "is_open": is_planned and one.row.at_time is None,
        "is_passed_on": is_planned and one.row.at_time is not None,
        "times": times(one, recipient),
        "calendar": _message(Method.CANCEL, recipient, one, at),
    }


def reminder_entries(calls: list[Call], at: datetime) -> str:
    """Of these calls those that have a time today; empty where none has."""
    entries = []
    for call in calls:
        one, row = call.engagement, call.engagement.booked
        if row is not None and one.is_booked_today and row.at_time is not None:
            # Known already, so not asked for again.
            row.ceo, row.programme = one.ceo, one.rhythm.programme
            entries.append(caller_entry(row, at))
    if not entries:
        return ""
    house = _house(calls[0].engagement.rhythm.programme.name)
    return message(Method.PUBLISH, entries, at, organizer=house)


def caller_entry(row: CheckIn, changed_at: datetime) -> Entry:
    """A talk in the calendar of whoever calls."""
    region, phone = row.ceo.region, row.ceo.user.phone
    sheet = page("rollout:call-sheet", region.code)
    return Entry(
        uid=uid("check-in", row.pk),
        title=_("Talk with the %(ceo)s") % {"ceo": ceo_of(region)},
        day=row.day_date,
        changed_at=changed_at,
        at_time=row.at_time,
        zone=region.zone,
        minutes=row.minutes,
        text=f"{how(row)}\n{_('Call sheet:')} {sheet}",
        place=phone if row.channel == Channel.PHONE else "",
        url=sheet,
        sequence=row.sequence,
    )


def ceo_entry(one: Booked, changed_at: datetime) -> Entry:
    """The same talk in his own."""
    row = one.row
    said = {"person": names(one), "programme": row.programme.name}
    title = _("Talk with %(person)s: %(programme)s") % said
    return Entry(
        uid=uid("check-in", row.pk),
        title=title if one.callers else row.programme.name,
        day=row.day_date,
        changed_at=changed_at,
        at_time=row.at_time,
        zone=row.ceo.region.zone,
        minutes=row.minutes,
        text=how(row),
        place=row.get_channel_display(),
        sequence=row.sequence,
    )


def how(row: CheckIn) -> str:
    """15 minutes, phone."""
    lasts = ngettext("%(n)d minute", "%(n)d minutes", row.minutes) % {"n": row.minutes}
    return listed([lasts, row.get_channel_display()])


def times(one: Booked, reader: User) -> list[str]:
    """When it is: by the clocks of the region, and by the reader's where they differ."""
    row, begins = one.row, one.begins_at
    if begins is None:
        return [full_day(row.day_date)]
    there = begins.astimezone(row.ceo.region.zone)
    here = begins.astimezone(reader.zone)
    if there.utcoffset() == here.utcoffset():
        return [moment(there)]
    said = {"when": moment(there), "region": row.ceo.region.name}
    return [
        _("%(when)s in %(region)s") % said,
        _("%(when)s where you are") % {"when": moment(here)},
    ]


def _when(one: Booked, reader: User) -> str:
    """Short, by his own clocks."""
    begins = one.begins_at
    if begins is None:
        return full_day(one.row.day_date)
    return moment(begins.astimezone(reader.zone))


def names(one: Booked) -> str:
    return listed(person.name for person in one.callers)


def _common(recipient: User, one: Booked) -> dict[str, Any]:
    row = one.row
    region = row.ceo.region
    is_ceo = recipient.pk == row.ceo.user_id
    return {
        "name": recipient.name,
        "is_ceo": is_ceo,
        "ceo": ceo_of(region),
        "callers": names(one),
        # A reply reaches him; in a button, so does a tap.
        "answer_to": one.callers[0].email if is_ceo and one.callers else "",
        "when": _when(one, recipient),
        "how": capital(how(row)),
        "programme": row.programme,
        "url": page("rollout:region", region.code)
        if row.state != CheckInState.PLANNED
        else page("rollout:call-sheet", region.code),
    }


def _message(method: Method, recipient: User, one: Booked, at: datetime) -> str:
    is_ceo = recipient.pk == one.row.ceo.user_id
    entry = ceo_entry(one, at) if is_ceo else caller_entry(one.row, at)
    people = [one.row.ceo.user, *one.callers]
    invited = [recipient] if method == Method.CANCEL else list(dict.fromkeys(people))
    return message(
        method,
        [entry],
        at,
        organizer=_house(one.row.programme.name),
        attendees=[Party(person.name, person.email) for person in invited],
    )


def _house(name: str) -> Party:
    """Calendars take an update from whoever invited, and only from him: always one address."""
    return Party(name, settings.DEFAULT_FROM_EMAIL)
