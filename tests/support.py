"""What several tests need."""

import re
import time


def assert_carries_help(html):
    """Assert that a page has the crisis support once, before its main part, and the disclaimer."""
    assert html.count('aria-label="Crisis support"') == 1
    band = re.search(r'<aside[^>]*aria-label="Crisis support".*?</aside>', html, re.DOTALL)
    assert band, "the crisis support is no <aside>"
    for needed in ('href="tel:988"', 'href="sms:988"', ">US<", "Canada", "local emergency"):
        assert needed in band[0], f"{needed} is not in the band"
    assert " hidden" not in band[0]
    assert band.start() < html.index("<main")
    assert "not therapy, treatment or crisis support" in html
    assert 'href="/disclaimer/"' in html


def authenticator(user):
    """Return the user's authenticator app and its secret, which is made if there is none."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- models are ready only later
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415 -- as above

    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return found or TOTP.activate(user, generate_totp_secret()).instance


def code_now(user):
    """Return what the user's authenticator app shows now."""
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415 -- as above
    from allauth.mfa.utils import decrypt  # noqa: PLC0415 -- as above

    counter = int(time.time()) // 30
    return auth.format_hotp_value(auth.hotp_value(decrypt(authenticator(user).data["secret"]), counter))


def sign_in(client, user):
    """Sign a client in with a second factor, and return it."""
    factor = authenticator(user)
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time(), "id": factor.pk, "type": factor.type}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


class CountQueries:
    """Counts the queries of every database together."""

    def __enter__(self):
        from contextlib import ExitStack  # noqa: PLC0415 -- beside its one use

        from django.db import connections  # noqa: PLC0415 -- as above
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

        self.stack = ExitStack()
        self.captured = [self.stack.enter_context(CaptureQueriesContext(each)) for each in connections.all()]
        return self

    def __exit__(self, *problem):
        self.stack.close()

    @property
    def number(self):
        return sum(len(captured) for captured in self.captured)
