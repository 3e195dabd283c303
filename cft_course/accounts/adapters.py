"""Where django-allauth asks how this site does things."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from cft_course import errors
from cft_course.accounts import seeds
from cft_course.accounts.hashers import TooManySigningIn

logger = logging.getLogger(__name__)

MAIL_IS_AWAY = "The mail server did not take a mail (%s)."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts: nobody signs up in the process that only serves admin."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed at the moment.",
        "duplicate_email": "That is your address already.",
        "email_password_mismatch": "That address and password do not fit together. Please look at both once more.",
        "email_taken": "There is an account with this address already.",
        "enter_current_password": "That is not the password you have now.",
        "incorrect_code": "That is not the code we sent. Please look at it once more, or ask for a new one.",
        "incorrect_password": "That is not your password. Please try once more.",
        "rate_limited": "There were many tries just now. Please wait a few minutes, then try again.",
        "same_as_current": "That is your address already.",
        "too_many_login_attempts": "There were many tries just now. Please wait a few minutes, then try again.",
    }

    def get_login_stages(self):
        """Ask for the code from the verification mail at sign-in only where the operator wants it."""
        stages = super().get_login_stages()
        if settings.EMAIL_VERIFICATION == "mandatory":
            return stages
        return [stage for stage in stages if not stage.endswith("EmailVerificationStage")]

    def authenticate(self, request, **credentials):
        """Return who this is, or None; a try that was never looked at does not count as a wrong one."""
        try:
            return super().authenticate(request, **credentials)
        except TooManySigningIn:
            self._rollback_login_failed_rl_usage()
            raise

    def is_open_for_signup(self, request):
        """Tell whether learners can sign up here."""
        return settings.ROLE != "admin"

    def get_login_redirect_url(self, request):
        """Lead editors to admin, where this process has one, and learners to their notes."""
        try:
            return reverse("admin:index" if request.user.is_staff else "my:course")
        except NoReverseMatch:
            return super().get_login_redirect_url(request)

    def send_mail(self, template_prefix, email, context):
        """Send a mail that someone waits for, or tell them that it could not be sent."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            # A server's answer often repeats the address, so only the kind of problem is noted. SMTP's are all OSError.
            logger.error(MAIL_IS_AWAY, type(error).__name__)
            raise ImmediateHttpResponse(_mail_is_away()) from None

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Send news of what was done. It is done, with or without the news."""
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except ImmediateHttpResponse:
            return


def _mail_is_away():
    advice = "Nothing is lost, and it is not something you did. Please try again in a few minutes."
    return errors.page(503, title="We could not send the mail just now", advice=advice)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their seeds are sealed before they reach the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "unverified_email": "Please confirm your email address first. Then a second step can be set up.",
        "incorrect_code": "That is not the code we asked for. A new one may be showing by now.",
    }

    def generate_authenticator_name(self, user, type):
        """Name a passkey that its owner gave no name."""
        return "Passkey"

    def encrypt(self, text):
        """Return the seed, sealed."""
        return seeds.seal(text)

    def decrypt(self, encrypted_text):
        """Return the seed; raises ``SeedUnavailable`` if no secret of this site opens it."""
        return seeds.open_(encrypted_text)
