"""Setting up an authenticator app: the one page with a picture that is written into it."""

from functools import wraps

from allauth.mfa.totp.views import activate_totp
from django.conf import settings

from cft_course import csp


# Whatever allauth marks its view with stays. It is closed like every view that does not say it is open.
@wraps(activate_totp)
def activate(request, *args, **kwargs):
    """Answer as django-allauth does, and let the page show its QR code, which comes as ``data:``."""
    response = activate_totp(request, *args, **kwargs)
    response["Content-Security-Policy"] = csp.policy(img_src=[*settings.SECURE_CSP["img-src"], "data:"])
    return response
