"""What a page offers by its links and forms, and what the table says of each of them."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from tests.matrix import args_of
from tests.permissions import codes, codes_elsewhere
from tests.printed import text_of

REFUSED = {403, 404}
FORM = re.compile(r"<form\b[^>]*>")
LINK = re.compile(r"<a\b[^>]*>")
AIM = re.compile(r'\b(?:action|href)="([^"?#]*)')


def offers(page: HttpResponse, path: str) -> set[tuple[str, str]]:
    """Method and address of each link and form of the page at that path."""
    text, found = text_of(page), set()
    for tag in [*FORM.findall(text), *LINK.findall(text)]:
        aim = AIM.search(tag)
        to = unescape(aim[1]) if aim else ""
        found.add(("POST" if 'method="post"' in tag else "GET", to or path))
    return found


def offered_in_vain(
    role: str, page: HttpResponse, path: str, sides: list[Any]
) -> set[str]:
    """What this page offers to somebody whom the table refuses it.

    The table speaks of the rows of the two sides; links to others are passed over.
    """
    return {
        f"{method} {to}"
        for method, to in offers(page, path)
        if _answer(role, method, to, sides) in REFUSED
    }


def _answer(role: str, method: str, path: str, sides: list[Any]) -> int | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    name, args = match.view_name, list(match.kwargs.values())
    for made, table in zip(sides, (codes, codes_elsewhere), strict=True):
        if args_of(name, made) == args:
            return table(name, method)[role]
    return None
