"""Many clients at once, in threads, each light enough to leave the machine to the servers."""

import re
import secrets
import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlencode

PATIENCE = 60


class Client:
    """One person's browser on a connection that stays open. Their cookies stay as they are."""

    def __init__(self, port, session=""):
        self.port = port
        token = secrets.token_hex(16)
        self.head = f"Host: 127.0.0.1\r\nCookie: csrf={token}; session={session}\r\nX-CSRFToken: {token}\r\n"
        self.socket = None

    def get(self, path):
        """Return the status, the body and how many milliseconds it took."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())

    def post(self, path, fields, headers=""):
        """Send a form; return as ``get`` does. Extra headers end in a line break each."""
        body = urlencode(fields).encode()
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{self.head}{headers}{form}\r\n".encode() + body)

    def _ask(self, request):
        start = time.perf_counter()
        # The server closes a connection that was quiet for some seconds.
        is_new = self.socket is None
        try:
            answer = self._exchange(request)
        except ConnectionError:
            if is_new:
                raise
            self.close()
            answer = self._exchange(request)
        return *answer, (time.perf_counter() - start) * 1000

    def _exchange(self, request):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        received = self._more(b"")
        while b"\r\n\r\n" not in received:
            received = self._more(received)
        head, body = received.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])
        while len(body) < length:
            body = self._more(body)
        if b"connection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def _more(self, received):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("The server closed the connection.")
        return received + data

    def close(self):
        """Let the connection go."""
        with suppress(OSError):
            self.socket.close()
        self.socket = None


def all_at_once(deeds):
    """Do each deed in a thread of its own, and return the seconds that all of them took."""
    problems = []

    def guarded(deed):
        try:
            deed()
        except Exception as problem:  # noqa: BLE001 -- told below, in the bench's own thread
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=[deed]) for deed in deeds]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return time.perf_counter() - start


def percentile(values, share):
    """Return the value that this share of them stays below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
