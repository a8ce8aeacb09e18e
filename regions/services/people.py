"""Adding people, and what they want of pages and mails."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from regions import history
from regions.history import Act
from regions.models import RegionalCEO, Rhythm, User


@transaction.atomic
def add_person(
    *, email: str, name: str, password: str = "", act: Act, **details: Any
) -> User:
    """A new person; with a password only if he may sign in."""
    user = User(email=email.strip().lower(), name=name.strip(), **details)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    return history.create(user, act)


@transaction.atomic
def start_rhythm(
    ceo: RegionalCEO, *, programme_id: int, values: Mapping[str, Any], act: Act
) -> Rhythm:
    """How often this CEO is talked to in a programme."""
    return history.create(Rhythm(ceo=ceo, programme_id=programme_id, **values), act)


@transaction.atomic
def change_settings(
    user: User, values: Mapping[str, Any], *, version: int | None = None, act: Act
) -> User:
    """What is kept of a person: how often he wants mail, his language, zone, hours a week.

    Without `version` the last answer wins: a link in a mail knows none. Raises
    EditedMeanwhile.
    """
    row: User = history.lock(User.objects.all(), user.pk, version)
    history.change(row, values, act)
    return row


@transaction.atomic
def set_language(user: User, language: str, *, act: Act) -> None:
    row = history.lock(User.objects.all(), user.pk)
    history.change(row, {"language": language}, act)
