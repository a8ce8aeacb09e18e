"""What an answer says, also one that is printed: a PDF holds its texts packed."""

from collections.abc import Callable
from typing import Any

import pypdfium2


def text_of(answer):
    try:
        return answer.content.decode()
    except UnicodeDecodeError:
        with pypdfium2.PdfDocument(answer.content) as printed:
            texts = [page.get_textpage().get_text_bounded() for page in printed]
    return "".join(texts)


def printed_once(print_: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """The same content is the same bytes, so it is set once; that takes half a second."""
    kept: dict[str, bytes] = {}

    def printed(content: Any) -> bytes:
        key = repr(content)
        if key not in kept:
            kept[key] = print_(content)
        return kept[key]

    return printed
