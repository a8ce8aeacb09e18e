"""How people sign in: what allauth is told about it."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import force_bytes

from regions.models import User
from regions.services.signin import end_sessions


class Adapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Nobody registers himself; headquarters adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """By the address alone.

        allauth counts for each host apart, and to one server many names and ports lead.
        """
        return str(credentials.get("email", "")).lower()

    def set_password(self, user: User, password: str) -> None:
        """Only the password: the rest of the row may have been edited meanwhile."""
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user)


def takes_passkeys(request: HttpRequest) -> bool:
    """Whether this page has the host that passkeys belong to."""
    return request.get_host().partition(":")[0] == settings.PASSKEY_HOST


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Secrets of second factors are sealed: a copy of the database alone opens nothing."""

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.PASSKEY_HOST, "name": "Rollout"}

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # no types
    """Who comes from the provider is known by his verified address; nothing is kept.

    Each sign-in is judged anew, so an address that moves to somebody else moves with it.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        person = person_with_address(verified)
        if person is None:
            raise ImmediateHttpResponse(_refused(request))
        raise ImmediateHttpResponse(
            perform_login(
                request,
                person,
                email=person.email,
                redirect_url=sociallogin.get_redirect_url(request),
            )
        )

    def on_authentication_error(
        self, request: HttpRequest, *args: Any, **_: Any
    ) -> None:
        raise ImmediateHttpResponse(_refused(request))


def _refused(request: HttpRequest) -> HttpResponse:
    """The same for everybody who is not let in."""
    return render(request, "account/provider_refused.html", status=403)


def person_with_address(addresses: list[str]) -> User | None:
    people = User.objects.filter(
        email__in=[address.lower() for address in addresses], may_sign_in=True
    )
    return people.first() if len(people) == 1 else None


def _seal() -> MultiFernet:
    """Seals with the key of today, opens with the former ones too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [
        hashlib.sha256(b"second factor " + force_bytes(key)).digest() for key in keys
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in hashes])
