"""The second step that editors sign in with: an authenticator app, a passkey, or one of the recovery codes."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.shortcuts import redirect

SET_UP = (
    "Editors sign in with a second step. Please set one up now, in an authenticator app here or as a passkey on your "
    "account page. Then open /admin/ again."
)
IS_SET_UP = (
    "Your second step is set up. Please keep the recovery codes somewhere safe, then open /admin/ and confirm it."
)
USE_IT = "Please confirm your second step to go on to the editing pages."


def is_enough(request):
    """Tell whether this session may edit: it was opened with a second factor that the editor still has.

    While developing, with ``DEBUG`` on, a password is enough.
    """
    return settings.DEBUG or was_used(request)


def was_used(request):
    """Tell whether a second factor that the user still has was used in this session."""
    # allauth notes passkeys too as "mfa", whether they opened the session or confirmed it later.
    records = get_authentication_records(request, request.user)
    used = [record.get("id") for record in records if record["method"] == "mfa"]
    return bool(used) and Authenticator.objects.filter(user=request.user, pk__in=used).exists()


def ask(request, wanted):
    """Lead an editor to set up a second factor, or to use the one they have and go on to the page they wanted."""
    if not is_mfa_enabled(request.user):
        messages.info(request, SET_UP)
        return redirect("mfa_activate_totp")
    messages.info(request, USE_IT)
    has_app = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    return redirect_to_login(wanted, "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")


@receiver(authenticator_added, dispatch_uid="welcome_second_factor")
def welcome(request, user, authenticator, **kwargs):
    """Tell an editor how to go on, and end their other sessions.

    One opened by password alone, before there was a second factor, could otherwise add a factor of its own.
    """
    if not user.is_staff or authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
    messages.info(request, IS_SET_UP, fail_silently=True)
