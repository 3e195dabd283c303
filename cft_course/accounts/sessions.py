"""How long someone stays signed in: until they leave it unused, two weeks at most, or until the browser closes.

Times are kept in the session itself, so that asking costs nothing, and written at most once an hour.
"""

import time

from django.conf import settings

BEGAN = "began"
SEEN = "seen"
SHARED = "shared_device"
RENEWAL_SECONDS = 60 * 60


def choose(request, is_shared):
    """Note before someone is signed in whether others use this device too; it outlives the steps in between."""
    if is_shared:
        request.session[SHARED] = True
    else:
        request.session.pop(SHARED, None)


def begin(request):
    """Start the clocks of a session in which someone has just signed in."""
    # A passkey comes with the choice in the same form; every other way chose before the last step.
    if request.POST.get(SHARED):
        request.session[SHARED] = True
    request.session[BEGAN] = request.session[SEEN] = int(time.time())
    set_end(request)


def set_end(request):
    """Let the session end with the browser if others use the device, else after all the time it may have."""
    request.session.set_expiry(0 if request.session.get(SHARED) else settings.SESSION_COOKIE_AGE)


def over(request):
    """Tell whether the session was left unused too long, or has lasted as long as any may."""
    now = time.time()
    idle = now - request.session.get(SEEN, now)
    age = now - request.session.get(BEGAN, now)
    return idle >= settings.SESSION_IDLE_SECONDS or age >= settings.SESSION_COOKIE_AGE


def renew(request):
    """Note, at most once an hour, that the session is used. It never lasts longer for that than it may in all."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) < RENEWAL_SECONDS:
        return
    # A session from before these clocks were kept begins now.
    began = request.session.setdefault(BEGAN, now)
    request.session[SEEN] = now
    if not request.session.get_expire_at_browser_close():
        request.session.set_expiry(began + settings.SESSION_COOKIE_AGE - now)
