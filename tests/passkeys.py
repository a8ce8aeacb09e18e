"""A passkey as phones and keys make them, without the phone: it signs what it is asked."""

import hashlib
import json
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import build_user_payload
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

from regions.history import Act
from regions.models import User
from regions.services.signin import add_passkey
from tests.factories import NOW
from tests.history_guard import unrecorded

HOST, ORIGIN = "localhost", "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64
_numbers = count(1)


class Passkey:
    """One key pair for one person at one site."""

    def __init__(self) -> None:
        self.pk = f"passkey-{next(_numbers)}".encode()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.handle = ""

    def registration(
        self, options: dict[str, Any], origin: str = ORIGIN, flags: int = VERIFIED
    ) -> dict[str, Any]:
        """What a browser posts after `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        made = AttestedCredentialData.create(b"\0" * 16, self.pk, public)
        data = self._data(flags | ATTESTED, made)
        attestation = AttestationObject.create("none", data, {})
        client = _client("webauthn.create", options["challenge"], origin)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def assertion(
        self, options: dict[str, Any], origin: str = ORIGIN, flags: int = VERIFIED
    ) -> dict[str, Any]:
        """What it posts after `navigator.credentials.get`."""
        data = self._data(flags)
        client = _client("webauthn.get", options["challenge"], origin)
        signed = bytes(data) + hashlib.sha256(client).digest()
        answer = self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.key.sign(signed, ec.ECDSA(SHA256())),
        )
        answer["response"]["userHandle"] = self.handle
        return answer

    def _data(
        self, flags: int, made: AttestedCredentialData | None = None
    ) -> AuthenticatorData:
        place = hashlib.sha256(HOST.encode()).digest()
        return AuthenticatorData.create(place, flags | PRESENT, 0, made or b"")

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        name = websafe_encode(self.pk)
        response = {part: websafe_encode(bytes(value)) for part, value in parts.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": response,
                "clientExtensionResults": {}}  # fmt: skip


def _client(kind: str, challenge: str, origin: str) -> bytes:
    data = {"type": kind, "challenge": challenge, "origin": origin}
    return json.dumps(data).encode()


def asked(client: Client, address: str = "/accounts/passkey/begin/") -> dict[str, Any]:
    """What the site wants signed."""
    options: dict[str, Any] = client.post(address).json()["publicKey"]
    assert len(websafe_decode(options["challenge"])) >= 16
    return options


def give_passkey(user: User, name: str = "Phone") -> Passkey:
    """Set up, without the page."""
    passkey = Passkey()
    handle = websafe_encode(build_user_payload(user).id)
    made = passkey.registration({"user": {"id": handle}, "challenge": "AAAA"})
    add_passkey(user, name, made, act=Act(by=user, at=NOW))
    return passkey


def make_passkey(user: User) -> Authenticator:
    """The row of it. The person stays as he was made, in his version too."""
    give_passkey(user)
    with unrecorded():
        User.objects.filter(pk=user.pk).update(version=user.version)
    row: Authenticator = Authenticator.objects.get(user=user, type="webauthn")
    return row
