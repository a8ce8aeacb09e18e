"""What the admin knows of a request: who asks, and the one act that it is."""

from typing import cast

from django.http import HttpRequest

from regions.enums import Via
from regions.history import Act
from regions.models import User


def person(request: HttpRequest) -> User:
    """Who asks; behind the gate of the site this is always somebody signed in."""
    return cast(User, request.user)


def admin_act(request: HttpRequest) -> Act:
    """One act for all that a request changes: a form and the rows below it."""
    act: Act | None = getattr(request, "act", None)
    if act is None:
        user = person(request)
        act = Act(by=user, at=user.moment, via=Via.ADMIN)
        request.act = act  # type: ignore[attr-defined]
    return act
