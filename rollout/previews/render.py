"""A mail as it would read, from the context of its templates."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from rollout.links import with_stand_ins


@dataclass(frozen=True)
class Preview:
    """A mail as it would read, with stand-ins for its links. Its HTML has its styles in one element, for the policy."""

    subject: str
    text: str
    html: str


def rendered(name: str, context: dict[str, Any], nonce: str) -> Preview:
    """The three templates of a kind, in the active language."""
    context = {**context, "below": [], "is_below": False}
    subject = render_to_string(f"emails/{name}-subject.txt", context)
    styled = {**context, "nonce": nonce}
    text = render_to_string(f"emails/{name}-body.txt", context).strip()
    html = render_to_string(f"emails/{name}-body.html", styled)
    return Preview(
        " ".join(subject.split()), with_stand_ins(text), with_stand_ins(html)
    )
