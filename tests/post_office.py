"""A real mail server for tests: it takes mails over SMTP and keeps them, and can refuse, dawdle and hang up."""

import asyncio
import socket
from collections import defaultdict
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class PostOffice:
    """What came, in order, as ``(recipient, message)``; and what the server is told to do with what comes."""

    def __init__(self):
        self.mails = []
        self.refused = {}
        self.seconds_a_mail = 0
        self.mails_a_connection = None
        self.connections = set()
        self.taken = defaultdict(int)
        self.port = free_port()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 -- aiosmtpd's name
        """Take the sender, or end the connection, as many servers do after some mails."""
        self.connections.add(session.peer)
        if self.mails_a_connection and self.taken[session.peer] >= self.mails_a_connection:
            return "421 That is enough for one connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 -- as above
        """Take the recipient, or refuse them with what the test wants to be said."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- as above
        """Keep the mail."""
        await asyncio.sleep(self.seconds_a_mail)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken[session.peer] += 1
        self.mails += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 OK"

    @property
    def recipients(self):
        """Who got a mail, each as often as they did."""
        return [recipient for recipient, _ in self.mails]

    @property
    def message_ids(self):
        """Each recipient's different Message-IDs."""
        found = defaultdict(set)
        for recipient, message in self.mails:
            found[recipient].add(message["Message-ID"])
        return found

    @contextmanager
    def open(self):
        """Serve, as long as the block lasts."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    @property
    def variables(self):
        """What tells a site of its own to send here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_SECURITY": "none"}

    def serve(self, settings):
        """Let this test's own process send here."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
