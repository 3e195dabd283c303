"""The mail that reminds, and sending what is due. It says that one asked for it, and nothing of what for."""

import logging
import smtplib
import uuid
from collections import Counter
from contextlib import suppress

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from practices.reminding import BATCH, Claim

logger = logging.getLogger(__name__)

SUBJECT = "A reminder you asked for"
# A function of its own, so that nothing that is signed elsewhere opens this.
SALT = "practices.reminder"
# The reply with which a server ends a connection (RFC 5321, 3.8), and from where on a no is for good.
CLOSING = 421
FOR_GOOD = 500
MOST_BROKEN_IN_A_ROW = 3

NOT_SENT = "Some reminders were not sent now and are tried again later: %s."


def stop_address(key):
    """Return where the reminder with this key is stopped. The link is good for as long as the site's secret is."""
    return settings.SITE_URL + reverse("reminders:stop", args=[signing.Signer(salt=SALT).sign(key.hex)])


def key_in(signed):
    """Return the key inside a signed text from such a link; raises ``BadSignature``."""
    return uuid.UUID(hex=signing.Signer(salt=SALT).unsign(signed))


def message_id(letter):
    """Return the Message-ID of a reminder of one day: the same each time it is made.

    Between the server's yes and our own commit lies a moment that nothing closes. A process killed right there leaves
    a mail that is sent and not noted as sent; it is sent once more when the claim has ended. Both copies then have one
    Message-ID, by which many mail servers and programs, not all of them, see that it is the same mail.
    """
    return f"<{uuid.uuid5(letter.reminder.key, letter.today.isoformat())}@{settings.SITE_HOST}>"


def mail_of(letter):
    """Return the mail for a letter."""
    stop = stop_address(letter.reminder.key)
    page = settings.SITE_URL + reverse("week:today")
    body = render_to_string("practices/reminder_mail.txt", {"page": page, "stop": stop})
    headers = {
        "Message-ID": message_id(letter),
        # RFC 8058: the mail program's own button stops them, without a visit.
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        # RFC 3834: nobody's "I am away" answers this.
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(SUBJECT, body.strip() + "\n", to=[letter.owner.email], headers=headers)


class ServerAway(Exception):
    """The mail server cannot be reached, or takes no mails at the moment."""


class Broken(Exception):
    """The connection ended in the middle of a mail, twice."""


class Refused(Exception):
    """The mail server says no to this one mail."""

    def __init__(self, reason, code):
        super().__init__(f"{reason} {code}")
        self.is_for_good = code >= FOR_GOOD


class Post:
    """One connection to the mail server, which stays open from mail to mail."""

    def __init__(self):
        self.connection = get_connection()

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._close()

    def send(self, mail):
        """Send one mail; raises ``ServerAway``, ``Broken`` or ``Refused``."""
        while True:
            was_used = self._open() is False
            try:
                self.connection.send_messages([mail])
                return
            except ValueError as error:
                raise Refused(type(error).__name__, FOR_GOOD) from None
            except OSError as error:
                # A server's words often repeat the address, so only the kind and the number go on. SMTP's are OSErrors.
                kind, code = type(error).__name__, _code_of(error)
            if code and code != CLOSING:
                if kind != smtplib.SMTPRecipientsRefused.__name__:
                    # After other replies, servers do not agree on what a connection is good for.
                    self._close()
                raise Refused(kind, code)
            self._close()
            # Many servers take some mails on one connection and then end it. A new one is always worth a try.
            if not was_used:
                raise Broken(kind)

    def _open(self):
        try:
            return self.connection.open()
        except OSError as error:
            raise ServerAway(type(error).__name__) from None

    def _close(self):
        with suppress(OSError):
            self.connection.close()


def _code_of(error):
    """Return the number of a server's reply, or 0 if there was none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(code for code, _ in error.recipients.values())
    return getattr(error, "smtp_code", 0)


def send_due(batch=BATCH):
    """Send every reminder that is due, a batch at a time; return how many were sent.

    What cannot be sent now stays claimed until its claim ends, and is then due again: on the same day, or not at all.
    """
    sending = Sending()
    with Post() as post:
        while sending.send_batch(Claim(batch), post, batch):
            pass
    if sending.problems:
        logger.warning(NOT_SENT, ", ".join(f"{count} × {kind}" for kind, count in sorted(sending.problems.items())))
    return sending.sent


class Sending:
    """How far one process has come."""

    def __init__(self):
        self.sent = 0
        self.problems = Counter()
        self.broken_in_a_row = 0

    def send_batch(self, claim, post, batch):
        """Send what is to be sent of a claim, and tell whether it is worth making another."""
        if not claim.size:
            return False
        for letter in claim.sort_out():
            try:
                self._send(letter, claim, post)
            except ServerAway as away:
                self.problems[str(away)] += 1
                return False
            if not claim.may_begin:
                claim.release()
                return True
        return claim.size == batch

    def _send(self, letter, claim, post):
        """Send one mail and note it. No transaction is open meanwhile."""
        try:
            post.send(mail_of(letter))
        except Refused as refused:
            self.problems[str(refused)] += 1
            if refused.is_for_good:
                claim.put_off(letter)
        except Broken as broken:
            self.problems[str(broken)] += 1
            self.broken_in_a_row += 1
            if self.broken_in_a_row == MOST_BROKEN_IN_A_ROW:
                raise ServerAway(str(broken)) from None
            return
        else:
            claim.finish(letter)
            self.sent += 1
        self.broken_in_a_row = 0
