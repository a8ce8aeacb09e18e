"""A mail as it would read, from the context of its templates."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string


@dataclass(frozen=True)
class Preview:
    """A mail as it would read. Its HTML has its styles in one element, for the policy."""

    subject: str
    text: str
    html: str


def rendered(name: str, context: dict[str, Any], nonce: str) -> Preview:
    """The three templates of a kind, in the active language."""
    context = {**context, "below": [], "is_below": False}
    subject = render_to_string(f"emails/{name}-subject.txt", context)
    styled = {**context, "nonce": nonce}
    return Preview(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{name}-body.txt", context).strip(),
        html=render_to_string(f"emails/{name}-body.html", styled),
    )
