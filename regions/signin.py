"""How people sign in: what allauth is told about it."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from regions.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Nobody registers himself; headquarters adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Only the password: the rest of the row may have been edited meanwhile."""
        user.set_password(password)
        user.save(update_fields=["password"])
