"""A visitor's way through a practice: without an account, and without anything left of it afterwards.

A visitor's browser holds one secret in a cookie. From it follow, for each practice, the name of the row that holds the
words and the key that seals them; neither the secret nor the key is stored here. So nobody who reads the database can
open a row, or tell whose it is. Django's session is not used: signing in copies it as it was a moment ago, and whatever
was saved in between would be gone. A day after they began, or when they let it go, there is nothing left to open.
"""

import base64
import hmac
import secrets
import uuid
from contextlib import suppress
from datetime import timedelta

from allauth.core import ratelimit
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal import saving
from journal.keys import aead
from journal.keys.errors import CannotOpen
from journal.models import Entry
from journal.turns import turn
from journal.words import Answer, Words
from practices.models import Practice, Run, Visit
from practices.run import TRIES, Gone, OtherAnswer, finished, with_answer, with_key

A_DAY = timedelta(days=1)
# In bytes, sealed: some seventy pages of text.
LONGEST_VISIT = 225_000


class TooLong(Exception):
    """The words of a visit have become more than is held for someone without an account."""

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
    """Return the name of the cookie with the visitor's secret."""
    return "__Host-practice" if settings.SESSION_COOKIE_SECURE else "practice"


class VisitorsRun:
    """The run of someone without an account."""

    is_visitors = True

    def __init__(self, request, practice):
        self.request = request
        self.practice = practice
        known = _secret_of(request)
        self.secret = known or secrets.token_bytes(aead.KEY_BYTES)
        self._look(Visit.objects.current() if known else Visit.objects.none())

    def _look(self, visits=None):
        """Open what is held for this browser. What is too old is as if it were not there."""
        visits = Visit.objects.current() if visits is None else visits
        self.visit = visits.filter(pk=_name(self.secret, self.practice.slug)).first()
        self.words = Words(title=self.practice.title)
        if self.visit:
            try:
                self.words = Words.from_text(_open(self.secret, self.practice.slug, self.visit))
            except CannotOpen:
                self.visit = None

    @property
    def is_begun(self):
        """Tell whether anything of it is held."""
        return self.visit is not None

    @property
    def revision(self):
        """How often it was saved."""
        return self.visit.revision if self.visit else 0

    @property
    def saved(self):
        """When it was last saved: just now, as only a browser knows its zone."""
        return timezone.now()

    @property
    def token(self):
        """What a form of this run carries: which visit it knows."""
        return str(self.visit.run) if self.visit else ""

    def answer(self, answer, place, *, seen, token, begun):
        """Seal one answer. Raises ``Gone``, ``OtherAnswer``, ``TooLong`` and ``TooMany``."""
        if begun and token != self.token:
            raise Gone
        for _ in range(TRIES):
            words = with_answer(self.words, answer, place, seen=seen, revision=self.revision + 1)
            if not words.answers or (self.visit and words == self.words) or self._write(words):
                return
            self._look()
        raise OtherAnswer(with_key(self.words, answer.key) or Answer(""))

    def _write(self, words):
        """Seal words into the row of the revision that was seen, or a new one; return whether it was still that."""
        now = timezone.now()
        visit = self.visit or Visit(pk=_name(self.secret, self.practice.slug), run=uuid.uuid4(), until=now + A_DAY)
        before, visit.revision = visit.revision, visit.revision + 1
        visit.sealed = _seal(self.secret, self.practice.slug, visit, words.as_text())
        if len(visit.sealed) > LONGEST_VISIT:
            visit.revision = before
            raise TooLong
        if not (self._insert(visit) if self.visit is None else self._update(visit, before)):
            return False
        self.visit, self.words = visit, words
        return True

    def _insert(self, visit):
        if not ratelimit.consume(self.request, action="visit"):
            raise TooMany
        Visit.objects.over().delete()
        try:
            with turn(), transaction.atomic():
                visit.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def _update(self, visit, before):
        with turn():
            unchanged = Visit.objects.current().filter(pk=visit.pk, run=visit.run, revision=before)
            return unchanged.update(sealed=visit.sealed, revision=visit.revision)

    def keep(self, seen, token):
        """Note that this visitor wants to keep it, and will sign in; raises ``Gone`` and ``OtherAnswer``."""
        self._settle(seen, token)

    def let_go(self, seen, token):
        """Forget it; raises ``OtherAnswer`` if something else was written since it was read back."""
        if self.visit is None:
            return
        self._settle(seen, token)
        Visit.objects.filter(pk=self.visit.pk, revision=seen).delete()
        self.visit = None

    def _settle(self, seen, token):
        if self.visit is None or token != self.token:
            raise Gone
        if seen != self.revision:
            raise OtherAnswer(self.words.first)

    def keep_in_journal(self, keyring):
        """Keep a visitor's words, now that they are signed in, and return the entry's id; raises ``Gone``.

        Doing it twice keeps them once: the entry's id was chosen when they began to write.
        """
        if self.visit is None:
            raise Gone
        entry_id = uuid.uuid5(keyring.owner.uuid, str(self.visit.run))
        words, now = finished(self.practice, self.words), timezone.now()
        module = self.practice.module
        try:
            saving.save(keyring, entry_id, 0, words, keep=True, module=module, kind=Entry.Kind.PRACTICE)
        except saving.Conflict:
            # Kept before, and written on since then in another window: that is kept beside it.
            entry_id = uuid.uuid4()
            saving.save(keyring, entry_id, 0, words, keep=True, module=module, kind=Entry.Kind.PRACTICE)
        Run.objects.get_or_create(
            pk=entry_id,
            defaults={"owner": keyring.owner, "practice": self.practice, "begun": now, "ended": now, "is_kept": True},
        )
        # Should something have been written meanwhile, that stays, and is asked about again.
        Visit.objects.filter(pk=self.visit.pk, revision=self.revision).delete()
        self.visit = None
        return entry_id

    def has_ended(self, token):
        """A visitor's run leaves no trace of its end."""
        return False

    def remember(self, response):
        """Give the browser its secret, for as long as there may be something to open with it."""
        response.set_cookie(
            cookie_name(), base64.urlsafe_b64encode(self.secret).decode(), max_age=int(A_DAY.total_seconds()),
            httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        return response


def forget(request, response):
    """Take the secret out of a browser that has nothing left to open with it."""
    if not waiting(request):
        response.delete_cookie(cookie_name(), samesite="Lax")
    return response


def waiting(request):
    """Return the practices of which something is held for this browser."""
    secret = _secret_of(request)
    if secret is None:
        return []
    names = {_name(secret, practice.slug): practice for practice in Practice.objects.only("slug", "title")}
    held = Visit.objects.current().filter(pk__in=names).values_list("pk", flat=True)
    return [names[name] for name in held]


def erase(request):
    """Delete whatever is held for this browser, unread."""
    secret = _secret_of(request)
    if secret:
        slugs = Practice.objects.values_list("slug", flat=True)
        Visit.objects.filter(pk__in=[_name(secret, slug) for slug in slugs]).delete()


def _secret_of(request):
    with suppress(ValueError):
        secret = base64.urlsafe_b64decode(request.COOKIES.get(cookie_name(), "").encode())
        return secret if len(secret) == aead.KEY_BYTES else None
    return None


def _name(secret, slug):
    return hmac.digest(secret, f"cft/visit/name/v1/{slug}".encode(), "sha256").hex()


def _key(secret, slug):
    return hmac.digest(secret, f"cft/visit/key/v1/{slug}".encode(), "sha256")


def _bound_to(slug, visit):
    return aead.bound_to("cft/visit/v1", slug, str(visit.run), str(visit.revision))


def _seal(secret, slug, visit, text):
    return aead.encrypt(_key(secret, slug), aead.pad(text.encode()), _bound_to(slug, visit))


def _open(secret, slug, visit):
    return aead.unpad(aead.decrypt(_key(secret, slug), bytes(visit.sealed), _bound_to(slug, visit))).decode()
