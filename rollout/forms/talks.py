"""What the log of a talk offers, from the sheet above it, and what was chosen there."""

from django.utils.translation import gettext as _

from regions.forms.contacts import OTHER, PROPOSED, ContactForm, Preset
from regions.models import Ask
from regions.queries import Engagement
from regions.services.contacts import NewAsk
from regions.wording import day
from rollout.queries.callsheet import CallSheet, ask_words


def preset_of(sheet: CallSheet, *, outcome: str = "", channel: str = "") -> Preset:
    one, proposal = sheet.engagement, sheet.proposal
    return Preset(
        asks=_offered(sheet),
        kind=proposal.kind,
        text=proposal.text,
        due_date=proposal.due_date,
        topics=list(sheet.topics),
        next_date=one.then_due_date,
        unbooked=_unbooked(one),
        book=_("Book %(day)s") % {"day": day(one.then_due_date)}
        if one.then_due_date
        else _("Book a day"),
        settled=frozenset({PROPOSED, *(str(ask.pk) for ask in sheet.asks)}),
        outcome=outcome,
        channel=channel,
    )


def _unbooked(one: Engagement) -> str:
    """What holds without another booking."""
    if one.booked is None or one.booked.day_date <= one.day:
        return _("No booking")
    return _("Stays on %(day)s") % {"day": day(one.booked.day_date)}


def _offered(sheet: CallSheet) -> list[tuple[str, str]]:
    """What he owes, else what the system proposes; and whatever somebody writes."""
    one = sheet.engagement
    open_ones = [(str(ask.pk), ask_words(ask, one)) for ask in sheet.waiting]
    proposed = [(PROPOSED, ask_words(sheet.proposal, one))]
    return [*(open_ones or proposed), (OTHER, _("Something else"))]


def ask_of(form: ContactForm, sheet: CallSheet) -> tuple[Ask | None, NewAsk | None]:
    """The one ask of the talk: one that is there, or one that the talk makes."""
    chosen = form.cleaned_data["ask"]
    if chosen == OTHER:
        return None, form.written_ask
    if not chosen:
        chosen = _offered(sheet)[0][0]
    if chosen == PROPOSED:
        return _proposed(sheet)
    return next(ask for ask in sheet.asks if str(ask.pk) == chosen), None


def _proposed(sheet: CallSheet) -> tuple[Ask | None, NewAsk | None]:
    """Asked once: another form may have made an ask of it since."""
    new = sheet.proposal
    for ask in sheet.waiting:
        if ask.text == new.text:
            return ask, None
    return None, NewAsk(new.kind, new.text, due_date=new.due_date)
