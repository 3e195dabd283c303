"""A visitor's way through a practice: without an account, and without anything left of it afterwards.

The words are sealed into the visitor's session with a key that only their browser has, in a cookie of its own. So
neither a copy of the database nor the session's cookie alone opens them. A day after they began, or when they let it
go, there is nothing left to open.
"""

import base64
import secrets
import time
import uuid
from contextlib import contextmanager, suppress

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.utils import timezone

from journal import saving
from journal.keys import aead
from journal.keys.errors import CannotOpen
from journal.models import Entry
from journal.words import Words
from practices.models import Run
from practices.run import Gone, OtherAnswer, finished, with_answer

VISITS = "practices"
SECONDS = 24 * 60 * 60
# In bytes, sealed. A session is one row that every page of a visit reads; this is some thirty pages of text.
LONGEST_VISIT = 300_000
# In one browser. Words of more practices than this at a time are no evening.
MOST_VISITS = 5


class TooLong(Exception):
    """The words of a visit have become more than a session holds."""

    def __init__(self):
        super().__init__(
            "This is more than can be held for you without an account. It is all still on this page: print it, "
            "copy it, or sign up in a second tab and keep it there."
        )


class TooMany(Exception):
    """A great many visits began from one place in a short time."""

    def __init__(self):
        super().__init__(
            "A great many people have begun from here just now, so this could not be saved yet. Your words are still "
            "on this page. Please try again in a few minutes."
        )


def cookie_name():
    """Return the name of the cookie with the visitor's key."""
    return "__Host-practice" if settings.SESSION_COOKIE_SECURE else "practice"


class VisitorsRun:
    """The run of someone without an account."""

    is_visitors = True

    def __init__(self, request, practice):
        self.request = request
        self.session = request.session
        self.practice = practice
        self._key = _key_of(request)
        self._new_key = None
        self._read(self.session.get(VISITS, {}))

    def _read(self, visits):
        """Open what a session holds. What is too old, or has lost its key, is as if it were not there."""
        visit = visits.get(self.practice.slug)
        self.words, self.visit = Words(title=self.practice.title), None
        if visit and self._key and visit["until"] > time.time():
            with suppress(CannotOpen):
                self.words = Words.from_text(_open(self._key, self.practice.slug, visit))
                self.visit = visit

    @property
    def is_begun(self):
        """Tell whether anything of it is in the session."""
        return self.visit is not None

    @property
    def revision(self):
        """How often it was saved."""
        return self.visit["revision"] if self.visit else 0

    @property
    def saved(self):
        """When it was last saved."""
        return timezone.now()

    @property
    def token(self):
        """What a form of this run carries: the id that its entry would have."""
        return self.visit["id"] if self.visit else str(uuid.uuid4())

    def answer(self, answer, place, *, seen, token, begun):
        """Seal one answer into the session. Raises ``Gone``, ``OtherAnswer``, ``TooLong`` and ``TooMany``."""
        if not begun and not self.is_begun and not answer.text:
            return
        with self._fresh() as (store, visits):
            if begun and not self.is_begun:
                raise Gone
            words = with_answer(self.words, answer, place, seen=seen, revision=self.revision + 1)
            if not words.answers or (self.is_begun and words == self.words):
                return
            self._write(store, visits, words, self.visit["id"] if self.is_begun else str(_id_from(token)))

    def _write(self, store, visits, words, visit_id):
        if self._key is None:
            self._key = self._new_key = secrets.token_bytes(aead.KEY_BYTES)
        until = self.visit["until"] if self.visit else time.time() + SECONDS
        visit = {"id": visit_id, "revision": self.revision + 1, "until": until}
        visit["sealed"] = _seal(self._key, self.practice.slug, visit, words.as_text())
        visits = {slug: each for slug, each in visits.items() if each["until"] > time.time()}
        visits[self.practice.slug] = visit
        if len(visit["sealed"]) > LONGEST_VISIT or len(visits) > MOST_VISITS:
            raise TooLong
        store[VISITS] = visits
        self.words, self.visit = words, visit

    @contextmanager
    def _fresh(self):
        """Give the session as it is now, alone; what is changed in it is saved at the end.

        A session that two windows have read and then saved would hold the words of the later one only.
        """
        if self.session.session_key is None:
            if not ratelimit.consume(self.request, action="visit"):
                raise TooMany
            self.session.set_expiry(SECONDS)
            self.session.create()
        with transaction.atomic(using=router.db_for_write(Session)):
            if not Session.objects.select_for_update().filter(pk=self.session.session_key).exists():
                raise Gone
            store = SessionStore(self.session.session_key)
            visits = store.get(VISITS, {})
            self._read(visits)
            yield store, visits
            if store.modified:
                store.save()
        # Should anything else make the middleware save this request's copy, it must not bring back an older visit.
        is_modified = self.session.modified
        self.session[VISITS] = store.get(VISITS, {})
        self.session.modified = is_modified

    def keep(self, seen):
        """Note that this visitor wants to keep it, and will sign in; raises ``Gone`` and ``OtherAnswer``."""
        with self._fresh() as (store, visits):
            if not self.is_begun:
                raise Gone
            if seen != self.revision:
                raise OtherAnswer(self.words.first)
            visits[self.practice.slug] = self.visit | {"wants_to_keep": True}
            store[VISITS] = visits

    def let_go(self):
        """Forget it; with the last practice of a visit the whole session goes."""
        with self._fresh() as (store, visits):
            visits.pop(self.practice.slug, None)
            store[VISITS] = visits
        if not visits and "_auth_user_id" not in self.session:
            self.session.flush()

    def keep_in_journal(self, keyring):
        """Keep a visitor's words, now that they are signed in, and return the entry's id; raises ``Gone``.

        Doing it twice keeps them once: the entry's id was chosen when they began to write.
        """
        if not self.is_begun:
            raise Gone
        entry_id = uuid.uuid5(keyring.owner.uuid, self.visit["id"])
        words, now = finished(self.practice, self.words), timezone.now()
        with suppress(saving.Conflict):
            saving.save(keyring, entry_id, 0, words, keep=True, module=self.practice.module, kind=Entry.Kind.PRACTICE)
        Run.objects.get_or_create(
            pk=entry_id,
            defaults={"owner": keyring.owner, "practice": self.practice, "begun": now, "ended": now, "is_kept": True},
        )
        self.let_go()
        return entry_id

    def remember(self, response):
        """Give the browser its key, for as long as there is something to open with it."""
        if self.visit and self._new_key:
            value = base64.urlsafe_b64encode(self._new_key).decode()
            response.set_cookie(
                cookie_name(), value, max_age=SECONDS, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


def wants_to_keep(request, practice):
    """Tell whether a visitor pressed "Keep it" for this practice before they signed in."""
    return bool(request.session.get(VISITS, {}).get(practice.slug, {}).get("wants_to_keep"))


def waiting(request):
    """Return the slugs of the practices that were done before signing in and are not kept yet."""
    visits = request.session.get(VISITS, {}) if _key_of(request) else {}
    return [slug for slug, visit in visits.items() if visit["until"] > time.time()]


def _id_from(token):
    try:
        return uuid.UUID(token)
    except ValueError:
        raise ValidationError(
            "This page was opened by someone else, or long ago. Please press the button again."
        ) from None


def _key_of(request):
    with suppress(ValueError):
        key = base64.urlsafe_b64decode(request.COOKIES.get(cookie_name(), "").encode())
        return key if len(key) == aead.KEY_BYTES else None
    return None


def _bound_to(slug, visit):
    return aead.bound_to("cft/visit/v1", slug, visit["id"], str(visit["revision"]))


def _seal(key, slug, visit, text):
    sealed = aead.encrypt(key, aead.pad(text.encode()), _bound_to(slug, visit))
    return base64.b64encode(sealed).decode()


def _open(key, slug, visit):
    return aead.unpad(aead.decrypt(key, base64.b64decode(visit["sealed"]), _bound_to(slug, visit))).decode()
