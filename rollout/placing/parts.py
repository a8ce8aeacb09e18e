"""What one kind of mail has to tell."""

from dataclasses import dataclass
from typing import Any

from regions.models import Programme, User


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
