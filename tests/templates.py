"""Makes an unknown variable in one of our own templates an error instead of a blank."""

import sys
from pathlib import Path
from typing import Self

from django.template.base import UNKNOWN_SOURCE, Node


class UnknownVariableError(AssertionError):
    """A template uses a name that its view never gave it."""


class UnknownVariable(str):
    """For the option `string_if_invalid`: an empty text that Django cannot use unseen.

    Django asks whether it is true (in `{{ }}`) or holds "%s" (in `blocktranslate`) before
    it puts it on a page. Other people's templates rely on the blank and get it.
    """

    __slots__ = ("folder",)

    def __new__(cls, folder: Path) -> Self:
        blank = super().__new__(cls)
        blank.folder = str(folder)
        return blank

    def __bool__(self) -> bool:
        self._complain()
        return False

    def __contains__(self, part: object) -> bool:
        self._complain()
        return False

    def _complain(self) -> None:
        node = _rendered_node()
        origin = getattr(getattr(node, "origin", None), "name", UNKNOWN_SOURCE)
        if node is not None and origin.startswith(self.folder):
            raise UnknownVariableError(
                f"{origin}, line {node.token.lineno}: {node.token.contents}"
            )


def _rendered_node() -> Node | None:
    """The innermost template node that is being rendered."""
    frame = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if frame.f_code.co_name == "render_annotated" and isinstance(node, Node):
            return node
        frame = frame.f_back
    return None
