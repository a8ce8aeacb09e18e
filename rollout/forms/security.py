"""Forms of the sign-in: codes and passkeys, while signing in, once more, and to set them up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import complete_registration
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from regions.models import User

SECRET_SALT = "rollout.second-factor"  # noqa: S105 - the purpose of a signature
SECRET_AGE = 3600
NAME_LENGTH = 50
NO_PASSKEY = _("This passkey was not accepted. Try again, or take another way.")


class WithCode:
    """The field of allauth's forms as phones and this product fill it in."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code from your app, or a recovery code"))


class SecondFactorForm(WithCode, AuthenticateForm):  # type: ignore[misc] # no types
    """The code of the second factor, while signing in."""


class SecondFactorAgainForm(WithCode, ReauthenticateForm):  # type: ignore[misc] # no types
    """The same once more, before something that needs it."""


def code_field(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(
        label=label, max_length=20, widget=forms.TextInput(attrs=attributes)
    )


class AppForm(forms.Form):
    """Sets up an authenticator app: the secret that the page showed, and a code from it.

    The secret travels signed and bound to the person, so that looking writes nothing.
    """

    shown = forms.CharField(widget=forms.HiddenInput)
    code = code_field(_("Code from the app"))

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        self.secret = self._shown_before() or generate_totp_secret()
        self.initial["shown"] = dumps([user.pk, self.secret], salt=SECRET_SALT)

    def _shown_before(self) -> str:
        try:
            pk, secret = loads(
                self.data.get("shown", ""), salt=SECRET_SALT, max_age=SECRET_AGE
            )
        except BadSignature:
            return ""
        return str(secret) if pk == self.user.pk else ""

    def clean_shown(self) -> str:
        if not self._shown_before():
            raise ValidationError(_("This page was open too long. Open it again."))
        return str(self.cleaned_data["shown"])

    def clean_code(self) -> str:
        forget_attempt = check_rate_limit(self.user, error_key="rate_limited")
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise ValidationError(
                _("This code is not right. Take the one that the app shows now.")
            )
        forget_attempt()
        return code


class PasskeyField(forms.JSONField):
    """What a browser answers for a passkey, if it was asked by a page of this site."""

    default_error_messages = {"required": NO_PASSKEY, "invalid": NO_PASSKEY}
    widget = forms.HiddenInput

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def clean(self, value: Any) -> Any:
        try:
            # Nested too deep for JSON, or with a number that is too long for Python.
            credential = super().clean(value)
            origin = self.answer.from_dict(credential).response.client_data.origin
        except (
            AttributeError, LookupError, RecursionError, TypeError, ValueError
        ) as fault:  # fmt: skip
            raise ValidationError(NO_PASSKEY) from fault
        # The library would also take an answer to a page of a host below ours.
        if origin != settings.PASSKEY_ORIGIN:
            raise ValidationError(NO_PASSKEY)
        return credential


@contextmanager
def told_alike() -> Iterator[None]:
    """Whatever is wrong with a passkey: nobody learns whether he came near."""
    try:
        yield
    except ValidationError as fault:
        if fault.code != "incorrect_code":
            raise
        raise ValidationError(NO_PASSKEY) from fault


class PasskeyAuthentication(AuthenticateWebAuthnForm):  # type: ignore[misc] # no types
    """The passkey of somebody who gave his password, as his second factor."""

    credential = PasskeyField(AuthenticationResponse)

    def clean_credential(self) -> Any:
        with told_alike():
            return super().clean_credential()


class PasskeySignIn(PasskeyAuthentication, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of password and code."""


class PasskeyAgain(PasskeyAuthentication, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more, before something that needs it."""


class PasskeyForm(forms.Form):
    """Sets up a passkey: what the browser made, and how its owner calls it."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=NAME_LENGTH)
    credential = PasskeyField(RegistrationResponse)

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        with told_alike():
            made = complete_registration(credential)
        # By a finger, a face or a PIN; a mere touch tells of no person.
        if not made.is_user_verified():
            raise ValidationError(NO_PASSKEY)
        return credential
