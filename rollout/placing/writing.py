"""A letter, written from its parts: their templates rendered, styles put into the HTML."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from regions.models import Programme, User
from rollout.queries.letters import Facts


@dataclass(frozen=True)
class Letter:
    """A mail's content before it is addressed."""

    subject: str
    text: str
    html: str
    sender_name: str
    reply_to: str
    # What its mails are shown together by, such as a region; empty for none.
    thread: str = ""
    # What its reader's calendar takes in.
    calendar: str = ""


@dataclass(frozen=True)
class Part:
    """What one kind has to tell; a letter is one of them, or several one after the other.

    `name` is that of its templates.
    """

    name: str
    context: dict[str, Any]
    programme: Programme | None
    regions: frozenset[str] = frozenset()
    # Who writes it, where it is not headquarters, and who gets the answers, if another.
    writer: User | None = None
    replies_to: User | None = None
    calendar: str = ""


def letter_of(parts: list[Part], facts: Facts) -> Letter:
    """The first part gives the subject and the button; the others follow below it."""
    first, *others = parts
    below = [_below(part) for part in others]
    context = {**first.context, "site_url": settings.SITE_URL}
    context |= {"below": below, "is_below": False}
    subject = render_to_string(f"emails/{first.name}-subject.txt", context)
    html = render_to_string(f"emails/{first.name}-body.html", context)
    regions = frozenset[str]().union(*(part.regions for part in parts))
    writer = first.writer or facts.planner
    reader = first.replies_to or writer
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{first.name}-body.txt", context).strip() + "\n",
        html=_inliner().inline(html),
        sender_name=_sender(writer, first.programme),
        reply_to=reader.email if reader else "",
        thread=next(iter(regions)) if len(regions) == 1 else "",
        calendar=next((part.calendar for part in parts if part.calendar), ""),
    )


def _below(part: Part) -> dict[str, Any]:
    """A part under the first one: without subject, button and foot of its own.

    Why it is sent stands in the foot of them all, which includes the template of it.
    """
    context = {**part.context, "site_url": settings.SITE_URL}
    context |= {"below": [], "is_below": True}
    return {
        "text": render_to_string(f"emails/{part.name}-body.txt", context).strip(),
        "html": render_to_string(f"emails/{part.name}-body.html", context),
        "why": f"emails/_{part.name}-why.txt",
        "programme": part.programme,
    }


def _sender(writer: User | None, programme: Programme | None) -> str:
    """A person and what he writes about, such as "Planner, ctcLink": mail from no machine."""
    house = programme.name if programme else "Rollout"
    if writer is None:
        return house
    return _("%(person)s, %(house)s") % {"person": writer.name, "house": house}


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # The style element stays for what cannot be inlined: dark mode.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
