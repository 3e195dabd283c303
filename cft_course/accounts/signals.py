"""What follows when someone signs in or changes how they do: clocks start, and one line goes to the log.

A line names who by a number that says nothing to anyone outside, never by address, and no text of anybody's.
"""

import logging

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from cft_course.accounts import sessions

logger = logging.getLogger("cft_course.accounts")


def _note(event, user):
    logger.info("%s: %s", event, user.uuid if user else "nobody we know")


@receiver(user_logged_in, dispatch_uid="note_signed_in")
def signed_in(request, user, **kwargs):
    """Start the session's clocks."""
    sessions.begin(request)
    _note("Signed in", user)


@receiver(user_logged_out, dispatch_uid="note_signed_out")
def signed_out(user, **kwargs):
    """Note it, if someone was signed in."""
    if user:
        _note("Signed out", user)


@receiver(user_login_failed, dispatch_uid="note_refused")
def refused(credentials, **kwargs):
    """Note whose password was wrong; asked alike for addresses that have an account and those that have none."""
    _note("Sign-in refused", get_user_model().objects.filter(email__iexact=credentials.get("email") or "").first())


@receiver(
    [
        account.login_code_rejected,
        account.password_reset_code_rejected,
        account.email_verification_code_rejected,
        mfa.authentication_failed,
    ],
    dispatch_uid="note_code_refused",
)
def code_refused(user, **kwargs):
    """Note a wrong code, from a mail or an app."""
    _note("Code refused", user)


@receiver([account.password_changed, account.password_set, account.password_reset], dispatch_uid="note_password")
def password_changed(user, **kwargs):
    """Note a new password."""
    _note("Password changed", user)


@receiver([mfa.authenticator_added, mfa.authenticator_reset], dispatch_uid="note_step_added")
def second_step_added(user, authenticator, **kwargs):
    """Note a new second step."""
    _note(f"Second step added ({authenticator.type})", user)


@receiver(mfa.authenticator_removed, dispatch_uid="note_step_removed")
def second_step_removed(user, authenticator, **kwargs):
    """Note a second step that is gone."""
    _note(f"Second step removed ({authenticator.type})", user)
