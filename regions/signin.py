"""How people sign in: what allauth is told about it."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import force_bytes

from regions.models import User
from regions.services.signin import end_sessions


class Adapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Nobody registers himself; headquarters adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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


def _seal() -> MultiFernet:
    """Seals with the key of today, opens with the former ones too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [
        hashlib.sha256(b"second factor " + force_bytes(key)).digest() for key in keys
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in hashes])
