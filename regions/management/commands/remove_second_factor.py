"""`manage.py remove_second_factor`: lets somebody in again who lost phone and codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from regions.enums import Via
from regions.history import Act
from regions.models import User
from regions.services.signin import CannotChangeFactor, remove_factors


class Command(BaseCommand):
    help = "Takes away the second factor of a person, who then sets up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"There is nobody with the address {email}.")
        act = Act(by=None, at=timezone.now(), via=Via.ADMIN)
        try:
            remove_factors(user, act=act)
        except CannotChangeFactor as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} has no second factor any more.")
