"""Published pages: rendered once, the same bytes for everyone, served from memory and kept on the disk.

A public view is marked with ``@public_page``. It is handed a bare request that cannot say who is asking, so what it
returns can be kept. Every change of the content gives the site a new *version*; a page of an older version is made
again, or, while the database is away, shown as it last was.

How all processes learn of a new version is told in ``versions.py``.
"""

import fcntl
import gzip
import hashlib
import json
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import URLPattern, get_resolver, reverse
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from lessons import search, versions
from lessons.files import replace_file
from lessons.outages import DATABASE_IS_AWAY

logger = logging.getLogger(__name__)

CACHE_CONTROL = "public, max-age=60, s-maxage=600, stale-while-revalidate=60, stale-if-error=86400"

# Other processes notice an editor's change after at most this many seconds.
SECONDS_BETWEEN_LOOKS = 1
# How long an outdated page is shown before the database is tried again.
SECONDS_TO_HOLD_A_STALE_PAGE = 5


@dataclass(frozen=True)
class Page:
    """One rendered page: its bytes, its type, and the version of the content that it was made from."""

    body: bytes
    content_type: str
    version: str
    held_until: float = float("inf")

    @cached_property
    def zipped(self):
        return gzip.compress(self.body, compresslevel=9, mtime=0)

    @cached_property
    def etag(self):
        # Weak, because the plain and the zipped body share it (RFC 9110, 8.8.1).
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    def respond(self, request):
        """Return the response for one request: 304, zipped or plain."""
        headers = {"Cache-Control": CACHE_CONTROL, "ETag": self.etag, "Vary": "Accept-Encoding"}
        if self._is_known_to(request):
            return HttpResponseNotModified(headers=headers)
        body = self.body
        if _accepts_gzip(request):
            body = self.zipped
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        return HttpResponse(body, content_type=self.content_type, headers=headers)

    def _is_known_to(self, request):
        known = request.META.get("HTTP_IF_NONE_MATCH")
        if not known:
            return False
        tags = parse_etags(known)
        return self.etag in tags or self.etag.removeprefix("W/") in tags or tags == ["*"]


class Pages:
    """All published pages of this process, backed by a folder that every process of the machine shares."""

    def __init__(self):
        self.forget()

    def forget(self):
        """Drop what is in memory; the folder stays."""
        self._pages = {}
        self._version = None
        self._looked = float("-inf")

    @property
    def folder(self):
        """The folder with the pages, made on first use."""
        folder = settings.DATA_DIR / "pages"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def version(self):
        """The version of the content, looked up at most once a second."""
        now = time.monotonic()
        if now - self._looked > SECONDS_BETWEEN_LOOKS:
            self._version = versions.shared(self.folder) or self._version or versions.share_new(self.folder)
            # After the version, because another thread may ask in between.
            self._looked = now
        return self._version

    def warm(self, path):
        """Return the current page at this path if it is in memory, else None. Touches no database."""
        page = self._pages.get(path)
        if page and page.version == self.version and page.held_until > time.monotonic():
            return page
        return None

    def fetch(self, path, make):
        """Return the page at this path: from memory, from the folder, made anew, or as it last was.

        ``make`` renders the page and returns an ``HttpResponse``. One that is not a plain page (a redirect, say) is
        returned as it is. Raises what ``make`` raises, unless that is a database problem and an older page is there.
        """
        version = self.version
        page = self.warm(path) or self._read(path, version)
        if page is None:
            try:
                response = make()
            except Http404:
                self._remove(path)
                raise
            except DATABASE_IS_AWAY:
                page = self._as_it_last_was(path)
                if page is None:
                    raise
            else:
                if response.status_code != 200:
                    self._remove(path)
                    return response
                page = Page(response.content, response["Content-Type"], version)
                self._write(path, page)
        self._pages[path] = page
        return page

    def publish(self):
        """Render every public page from the database as it is now, then let every process see the new version."""
        with self._alone():
            # Shared first: should this process die now, the others make the pages themselves.
            self._version = versions.share_new(self.folder)
            self._looked = time.monotonic()
            self._make_all()

    def _make_all(self):
        paths = public_paths()
        for path, make in paths.items():
            try:
                self.fetch(path, make)
            except Exception:
                # One page that cannot be made must not keep the others from being renewed or removed.
                logger.exception("The page %s could not be published.", path)
                self._remove(path)
        self._keep_only(paths)
        search.index_for(self)

    @contextmanager
    def _alone(self):
        """Let one process publish at a time, so that the last one has seen every saved change."""
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _file(self, path):
        return self.folder / f"{hashlib.sha256(path.encode(errors='replace')).hexdigest()[:40]}.page"

    def _read(self, path, version=None):
        """Return the page kept in the folder, of this version or of any, else None."""
        try:
            head, body = self._file(path).read_bytes().split(b"\n", 1)
            facts = json.loads(head)
            # A page cut short by a full disk could lack its crisis support.
            if facts.pop("digest") != hashlib.sha256(body).hexdigest():
                return None
            page = Page(body, **facts)
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return None
        return page if version in (None, page.version) else None

    def _as_it_last_was(self, path):
        page = self._read(path)
        if page is None:
            return None
        held_until = time.monotonic() + SECONDS_TO_HOLD_A_STALE_PAGE
        return Page(page.body, page.content_type, self.version, held_until)

    def _write(self, path, page):
        digest = hashlib.sha256(page.body).hexdigest()
        facts = {"content_type": page.content_type, "version": page.version, "digest": digest}
        try:
            replace_file(self._file(path), json.dumps(facts).encode() + b"\n" + page.body)
        except OSError as error:
            logger.error("The page %s cannot be kept on the disk (%s).", path, error)

    def _remove(self, path):
        self._pages.pop(path, None)
        try:
            self._file(path).unlink(missing_ok=True)
        except OSError as error:
            logger.error("The page %s cannot be removed from the disk (%s).", path, error)

    def _keep_only(self, paths):
        """Remove pages that no longer exist, so that an outage never brings one back."""
        kept = {self._file(path) for path in paths}
        for file in set(self.folder.glob("*.page")) - kept:
            file.unlink(missing_ok=True)


pages = Pages()


def public_page(view=None, *, each=None):
    """Mark a view as public: open to all, GET and HEAD only, the same for everyone, and kept.

    ``each`` is needed when the address has parts: it returns the keyword arguments of every page there is.
    """
    if view is None:
        return lambda function: public_page(function, each=each)

    def make(path, kwargs):
        response = view(_bare_request(path), **kwargs)
        return response.render() if hasattr(response, "render") else response

    @login_not_required
    @require_safe
    @wraps(view)
    def public_view(request, **kwargs):
        # Not request.path: a header of the visitor could put something before it.
        path = request.path_info
        page = pages.fetch(path, lambda: make(path, kwargs))
        return page.respond(request) if isinstance(page, Page) else page

    public_view.make = make
    public_view.each = each or (lambda: [{}])
    return public_view


def public_paths():
    """Return every public page there is: its path, and a function that renders it."""
    paths = {}
    for name, pattern in _named_patterns(get_resolver()):
        view = pattern.callback
        if hasattr(view, "make"):
            for kwargs in view.each():
                path = reverse(name, kwargs=kwargs)
                paths[path] = partial(view.make, path, kwargs | pattern.default_args)
    return paths


def watch(*models):
    """Publish again after every committed change of these models."""
    for model in models:
        for signal in (post_save, post_delete):
            signal.connect(_publish_on_commit, sender=model, dispatch_uid=f"publish {model._meta.label}")


# Counted per thread: of many changes in one transaction only the last one needs to publish.
_changes = threading.local()


def _publish_on_commit(using, **kwargs):
    number = _changes.number = getattr(_changes, "number", 0) + 1
    transaction.on_commit(lambda: _publish_if_last(number), using=using, robust=True)


def _publish_if_last(number):
    if number == _changes.number:
        pages.publish()
    else:
        # Should the last change have been rolled back alone, the others still count as a new version.
        versions.share_new(pages.folder)


def _named_patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _named_patterns(entry, inner)


def _bare_request(path):
    """Return a GET request that holds nothing of the person who asked, nor of the name they asked by."""
    site = urlsplit(settings.SITE_URL)
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META = {"HTTP_HOST": site.netloc, "wsgi.url_scheme": site.scheme}
    request._get_scheme = lambda: site.scheme
    return request


def _accepts_gzip(request):
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "").replace("q=0.", "q=.")
