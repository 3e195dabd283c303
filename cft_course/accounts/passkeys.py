"""Forms of django-allauth for passkeys, made to refuse what no browser sends instead of breaking on it."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth_forms


class Refusing:
    """Treats a credential with a part missing as a wrong one."""

    def _clean_fields(self):
        try:
            super()._clean_fields()
        except (AttributeError, KeyError, TypeError, ValueError):
            self.add_error(None, get_adapter().validation_error("incorrect_code"))

    def _clean_form(self):
        try:
            super()._clean_form()
        except (AttributeError, KeyError, TypeError, ValueError):
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddWebAuthnForm(Refusing, allauth_forms.AddWebAuthnForm):
    """Adding a passkey."""


class LoginWebAuthnForm(Refusing, allauth_forms.LoginWebAuthnForm):
    """Signing in with a passkey alone."""


class AuthenticateWebAuthnForm(Refusing, allauth_forms.AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class ReauthenticateWebAuthnForm(Refusing, allauth_forms.ReauthenticateWebAuthnForm):
    """A passkey as a fresh proof."""
