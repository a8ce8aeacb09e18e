"""Settings of the sign-in; `rollout.settings` takes all of them over."""

import os
from urllib.parse import urlsplit

from rollout.environment import all_or_none, as_bool, as_provider, read, stop

# Read well by `rollout.settings`. Production is where it is set, and https means that a
# proxy ends TLS before us.
_site = urlsplit(os.environ.get("SITE_URL", "").strip())

SIGN_IN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
AUTH_USER_MODEL = "regions.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "rollout:home"
SESSION_COOKIE_AGE = 14 * 24 * 3600

ACCOUNT_ADAPTER = "regions.signin.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {"login": "regions.forms.SignInForm"}

ACCOUNT_RATE_LIMITS = {"passkey": "20/m/ip", "answer": "20/m/key"}
# The limits of failed sign-ins count by address of the client, not of the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _site.scheme == "https" else 0

# --- The second factor ---------------------------------------------------------------

SECOND_FACTOR_REQUIRED = read(
    "REQUIRE_SECOND_FACTOR", as_bool, "1" if _site.scheme else "0", "Use 1 or 0."
)
if _site.scheme and not SECOND_FACTOR_REQUIRED:
    stop(
        "REQUIRE_SECOND_FACTOR",
        "is off in production",
        "Leave it out, or leave out SITE_URL.",
    )
SECOND_FACTOR_URL = "rollout:security-app"
MFA_ADAPTER = "regions.signin.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "rollout.forms.security.SecondFactorForm",
    "authenticate_webauthn": "rollout.forms.security.PasskeyAuthentication",
    "reauthenticate": "rollout.forms.security.SecondFactorAgainForm",
    "reauthenticate_webauthn": "rollout.forms.security.PasskeyAgain",
}
MFA_TOTP_ISSUER = "Rollout"
# Clocks of phones are off by some seconds, and typing takes a while.
MFA_TOTP_TOLERANCE = 1

# A passkey belongs to one host, and is shown only to pages of one origin. Browsers bind
# none to an address of numbers, so on one machine they are for its name.
PASSKEY_HOST = _site.hostname or "localhost"
PASSKEY_ORIGIN = f"http://localhost:{os.environ.get('PORT', '').strip() or 8000}"
if _site.scheme:
    _port = {"https": ":443", "http": ":80"}[_site.scheme]
    PASSKEY_ORIGIN = f"{_site.scheme}://{_site.netloc.lower().removesuffix(_port)}"

# --- Sign-in elsewhere (OpenID Connect) ----------------------------------------------

OIDC = all_or_none("OIDC_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
_provider = read(
    "OIDC_URL",
    as_provider,
    "",
    "Give the address of the provider, such as OIDC_URL=https://id.example.org.",
)
OIDC_ORIGINS = [f"{_provider.scheme}://{_provider.netloc}"] if _provider else []
OIDC_NAME = read("OIDC_NAME", str, "OpenID Connect", "Give a short name.")
SOCIALACCOUNT_ADAPTER = "regions.signin.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": os.environ["OIDC_CLIENT_ID"].strip(),
                "secret": os.environ["OIDC_CLIENT_SECRET"].strip(),
                "settings": {"server_url": _provider.geturl().rstrip("/")},
            }
        ]
        if _provider
        else [],
    }
}
