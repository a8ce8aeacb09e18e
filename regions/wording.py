"""How facts are said: dates, counts, and why a CEO should be called. Used by pages and mails.

All functions answer in the active language.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from regions.enums import RhythmStatus, Stage
from regions.models import Region
from regions.respect import Respect
from regions.rhythm import RhythmState


def babel_locale() -> str:
    return "zh_Hans" if (get_language() or "en").startswith("zh") else "en"


def day(value: date) -> str:
    """Fri 27 Nov."""
    return format_date(value, pgettext("date pattern", "EEE d MMM"), babel_locale())


def long_day(value: date) -> str:
    """Friday 27 November."""
    return format_date(value, pgettext("date pattern", "EEEE d MMMM"), babel_locale())


def short_day(value: date, today: date) -> str:
    """27 Nov; with the year when it is not this one."""
    if value.year == today.year:
        return format_date(value, pgettext("date pattern", "d MMM"), babel_locale())
    return format_date(value, pgettext("date pattern", "d MMM y"), babel_locale())


def full_day(value: date) -> str:
    """Fri 27 Nov 2026."""
    return format_date(value, pgettext("date pattern", "EEE d MMM y"), babel_locale())


def clock(value: datetime | time) -> str:
    """09:40, in the zone that the value carries, if it carries one."""
    return format_time(value, "HH:mm", tzinfo=value.tzinfo, locale=babel_locale())


def number(count: int) -> str:
    """Small numbers as words, as they open a sentence."""
    words = [
        pgettext("number", "no"),
        pgettext("number", "one"),
        pgettext("number", "two"),
        pgettext("number", "three"),
        pgettext("number", "four"),
        pgettext("number", "five"),
        pgettext("number", "six"),
        pgettext("number", "seven"),
        pgettext("number", "eight"),
        pgettext("number", "nine"),
    ]
    return words[count] if count < len(words) else str(count)


def figure(value: Decimal) -> str:
    """A measured number with no more digits than it has: 1,098.6, and not 1,098.600."""
    return format_decimal(value.normalize(), "#,##0.######", babel_locale())


def days(count: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def ceo_of(region: Region) -> str:
    return _("CEO of %(region)s") % {"region": region.name}


def local_time(region: Region, at: datetime) -> str:
    return _("%(time)s there") % {"time": clock(at.astimezone(region.zone))}


def country(code: str) -> str:
    return str(Locale.parse(babel_locale()).territories.get(code, code))


def zone(name: str) -> str:
    """Shanghai (Asia/Shanghai)."""
    city = get_timezone_location(name, locale=babel_locale(), return_city=True)
    return city if city == name else f"{city} ({name})"


def stage(value: Stage | None) -> str:
    return str(Stage(value).label) if value else _("no talks due")


def since_last_talk(state: RhythmState) -> str:
    """The first reason of every call, from the facts that the rhythm used."""
    if state.is_first_talk:
        text = (
            _("No talk yet; the first is due on %(day)s.")
            if state.status == RhythmStatus.FINE
            else _("No talk yet; the first was due on %(day)s.")
        )
        return text % {"day": day(state.next_due_date)}
    limit, kind = (
        (state.longest_days, _("longest is %(n)d"))
        if state.status == RhythmStatus.LATE
        else (state.ideal_days, _("ideal is %(n)d"))
    )
    since = ngettext(
        "%(n)d day since the last talk",
        "%(n)d days since the last talk",
        state.age_days,
    ) % {"n": state.age_days}
    return _("%(since)s, %(limit)s.") % {"since": since, "limit": kind % {"n": limit}}


def until_go_live(state: RhythmState) -> str:
    """Go-live in 22 days, last six weeks."""
    left = state.days_to_go_live
    where = stage(state.stage)
    if left is None:
        return _("No go-live yet, %(stage)s.") % {"stage": where}
    if left > 0:
        text = ngettext(
            "Go-live in %(n)d day, %(stage)s.",
            "Go-live in %(n)d days, %(stage)s.",
            left,
        )
    else:
        text = ngettext("Live for %(n)d day.", "Live for %(n)d days.", -left)
    return text % {"n": abs(left), "stage": where}


def waiting(blocked_tasks: int) -> str:
    return ngettext(
        "%(n)s blocked task waits for this CEO.",
        "%(n)s blocked tasks wait for this CEO.",
        blocked_tasks,
    ) % {"n": capital(number(blocked_tasks))}


def ask_reason(text: str, due: date | None, today: date, tasks: int) -> list[str]:
    """Overdue ask: name a data owner, 5 days; 2 tasks wait. Nothing where neither is so."""
    said = {"ask": _as_it_is_said(text), "days": days((today - (due or today)).days)}
    waits = ngettext("%(n)d task waits", "%(n)d tasks wait", tasks) % {"n": tasks}
    if due is None or due >= today:
        return [_("%(waits)s for the ask.") % {"waits": waits}] if tasks else []
    if tasks:
        reason = _("Overdue ask: %(ask)s, %(days)s; %(waits)s.")
        return [reason % {**said, "waits": waits}]
    return [_("Overdue ask: %(ask)s, %(days)s.") % said]


def promise_reason(text: str, due: date | None, today: date) -> list[str]:
    """Our promise is overdue: send the figures, 3 days."""
    if due is None or due >= today:
        return []
    said = {"ask": _as_it_is_said(text), "days": days((today - due).days)}
    return [_("Our promise is overdue: %(ask)s, %(days)s.") % said]


def _as_it_is_said(text: str) -> str:
    """Within a sentence no full stop ends it."""
    return text.rstrip(".。")


def next_talk(state: RhythmState) -> str:
    if state.booked_date is not None:
        return _("Booked for %(day)s.") % {"day": day(state.booked_date)}
    return _("Next talk due %(day)s.") % {"day": day(state.next_due_date)}


def talk_mark(state: RhythmState) -> str:
    """The day of the next talk, short, with the word that says how it stands."""
    if state.booked_date is not None:
        return _("%(day)s, booked") % {"day": day(state.booked_date)}
    if state.status == RhythmStatus.LATE:
        return _("%(day)s, late") % {"day": day(state.next_due_date)}
    if state.status == RhythmStatus.DUE:
        return _("%(day)s, due") % {"day": day(state.next_due_date)}
    return day(state.next_due_date)


def what_is_planned(state: RhythmState) -> str:
    """Booked for a day, or that nothing is though it should be, or when the next is due."""
    if state.is_none_booked:
        text = (
            _("None booked; due %(day)s.")
            if state.status == RhythmStatus.FINE
            else _("None booked; due since %(day)s.")
        )
        return text % {"day": day(state.next_due_date)}
    if state.booked_date is not None and not state.is_held_by_booking:
        text = _("Booked for %(day)s, after the longest days are over.")
        return text % {"day": day(state.booked_date)}
    return next_talk(state)


def time_asked(asked_for: Respect) -> list[str]:
    """What was asked of a CEO's time, as facts; nothing where nothing was."""
    lines = []
    if asked_for.minutes or asked_for.minutes_before:
        text = ngettext(
            "%(n)d minute of talks this quarter, %(before)d in the one before.",
            "%(n)d minutes of talks this quarter, %(before)d in the one before.",
            asked_for.minutes,
        )
        lines.append(
            text % {"n": asked_for.minutes, "before": asked_for.minutes_before}
        )
    if odd := asked_for.odd_minutes:
        text = ngettext(
            "%(n)d talk this quarter outside 10 to 20 minutes: %(minutes)s.",
            "%(n)d talks this quarter outside 10 to 20 minutes: %(minutes)s.",
            len(odd),
        )
        lines.append(text % {"n": len(odd), "minutes": listed(map(str, odd))})
    if asked_for.is_only_bad_news:
        lines.append(_("The last three talks were about difficulties only."))
    return lines


def asked(text: str, due: date | None, today: date) -> str:
    """An ask with its day: "name a data owner by Fri 27 Nov", or since when it is due."""
    if due is None:
        return text
    if due < today:
        return _("%(text)s (was due on %(day)s)") % {"text": text, "day": day(due)}
    return _("%(text)s by %(day)s") % {"text": text, "day": day(due)}


def listed(parts: Iterable[str]) -> str:
    """One, two, three."""
    return pgettext("list", ", ").join(parts)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentences(parts: Iterable[str]) -> str:
    """One after the other; Chinese puts no space between them."""
    return reduce(
        lambda first, second: (
            pgettext("two sentences", "%(first)s %(second)s")
            % {"first": first, "second": second}
        ),
        parts,
        "",
    ).strip()


def moment(value: datetime) -> str:
    """Fri 27 Nov 2026 09:40, in the zone that the value carries."""
    return f"{full_day(value.date())} {clock(value)}"
