"""How gunicorn serves the site.

Why gunicorn with threads: pages from memory run within a few percent of a bare Django view on it, its slowest answers
stay twice as quick as granian's when a page needs the database, and it is plain Python, so nothing has to be compiled.
Threads, because sync workers would each be held by one slow phone; keep-alive, because that phone asks six times.
"""

import os

from gunicorn import util
from gunicorn.http import message

from cft_course import environment

host = environment.text("HOST", "127.0.0.1")
bind = f"{f'[{host}]' if ':' in host else host}:{environment.number('PORT', 8000, 1, 65535)}"
workers = environment.number("WEB_WORKERS", min(os.cpu_count() or 1, 4), 1, 64)
threads = environment.number("WEB_THREADS", 8, 1, 64)
worker_class = "gthread"
keepalive = 5
# Without it, one worker sometimes takes every connection and the page rate falls to a third.
reuse_port = True
preload_app = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- a heartbeat file, no content
# A very long search, in any script, must reach the page that answers it; gunicorn by itself stops at 8 KB.
limit_request_line = message.MAX_REQUEST_LINE = 2**17
# No header of a visitor may change where the site thinks it lives, as SCRIPT_NAME would.
forwarder_headers = ""
# Nobody steers this server through a socket in the home folder.
control_socket_disable = True
# No access log: what people read and search is theirs.
accesslog = None
# At "warning" gunicorn would log broken request lines, with what people searched for.
loglevel = "error"


def write_error_page(sock, status, reason, detail):
    """Answer what gunicorn refuses by itself with the site's error page instead of a bare sentence."""
    # Django is set up only in the worker, long after this file is read.
    from django.http import HttpRequest  # noqa: PLC0415

    from cft_course import errors, middleware  # noqa: PLC0415

    try:
        response = middleware.security_headers(lambda request: errors.page(status))(HttpRequest())
    except Exception:  # noqa: BLE001 -- whatever is wrong, help must reach the person
        response = middleware.security_headers(lambda request: errors.last_page(status))(HttpRequest())
    lines = [f"HTTP/1.1 {status} {reason}", "Connection: close", f"Content-Length: {len(response.content)}"]
    lines += [f"{name}: {value}" for name, value in response.items()]
    util.write_nonblock(sock, "\r\n".join([*lines, "", ""]).encode("latin-1") + response.content)


util.write_error = write_error_page
