"""`manage.py add_person`: a person with a login and a role, such as the first one of all."""

import getpass
import sys
import warnings
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from regions.enums import GROUP_ROLES, Role, Via
from regions.history import Act
from regions.models import Region, User
from regions.services.people import add_person
from regions.services.roles import give_role


class Command(BaseCommand):
    help = "Adds a person who may sign in, with one role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--region",
            action="append",
            default=[],
            metavar="CODE",
            help="for roles in a region; may be given several times",
        )
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input",
        )

    def handle(
        self, *args: Any, email: str, name: str, role: str, **options: Any
    ) -> None:
        email = email.strip().lower()
        at = timezone.now()
        regions = _regions(Role(role), options["region"])
        _refuse_email(email)
        password = _password(from_stdin=options["password_stdin"])
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        _add(email, name, password, Role(role), regions, at)
        where = f" of {', '.join(options['region'])}" if regions else ""
        self.stdout.write(f"{email} may sign in as {Role(role).label}{where}.")


@transaction.atomic
def _add(
    email: str,
    name: str,
    password: str,
    role: Role,
    regions: list[Region],
    at: datetime,
) -> None:
    act = Act(by=None, at=at, via=Via.ADMIN)
    user = add_person(
        email=email,
        name=name,
        password=password,
        act=act,
        may_sign_in=True,
        time_zone=settings.TIME_ZONE,
    )
    places: list[Region | None] = [*regions] or [None]
    for region in places:
        # Memberships count their days in UTC.
        give_role(user, role, region=region, from_date=at.date(), act=act)


def _regions(role: Role, codes: list[str]) -> list[Region]:
    if role in GROUP_ROLES and codes:
        raise CommandError(
            f"The role {role} is for the whole group: leave out --region."
        )
    if role not in GROUP_ROLES and not codes:
        raise CommandError(f"The role {role} needs --region CODE.")
    found = {row.code: row for row in Region.objects.filter(code__in=codes)}
    if missing := [code for code in codes if code not in found]:
        raise CommandError(f"There is no region {', '.join(missing)}.")
    return list(found.values())


def _refuse_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as refusal:
        raise CommandError(f"{email}: {' '.join(refusal.messages)}") from refusal
    if User.objects.filter(email=email).exists():
        raise CommandError(f"{email} is there already.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    # Without a terminal getpass only warns, and reads a password that everybody sees.
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            password = getpass.getpass("Password: ")
            again = getpass.getpass("Password again: ")
        except getpass.GetPassWarning as no_terminal:
            raise CommandError(
                "There is no terminal to ask for the password on. Use --password-stdin."
            ) from no_terminal
    if password != again:
        raise CommandError("The two passwords differ.")
    return password
