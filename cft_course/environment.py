"""Small readers for environment variables that refuse nonsense with a sentence.

Each reader takes the variable's name and a default, and raises ``ImproperlyConfigured`` with a sentence
that names the variable, what was found and what would do instead.
"""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


def text(name, default=""):
    """Return the variable's text without surrounding space, or the default when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name, default=False):
    """Return a yes-or-no variable as a bool."""
    value = text(name).lower()
    if not value:
        return default
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {value!r}; use 1 for yes or 0 for no.")
    return value in YES


def number(name, default, low, high):
    """Return a whole number between low and high, both included."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number from {low} to {high}.")
    return int(value)


def choice(name, default, choices):
    """Return one of a few words."""
    value = text(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; use {' or '.join(filter(None, choices))}.")
    return value


def address(name, default):
    """Return the address of a page on the web, such as https://example.org/weather."""
    value = text(name, default)
    if not re.fullmatch(r"https://[a-z0-9.-]+(/[^\s\"<>\\]*)?", value):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use the https address of a page, with its host in small letters."
        )
    return value


def words(name, default=()):
    """Return a comma-separated variable as a list of its non-empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def origin(name, default):
    """Return a web address of scheme and host only, such as https://course.example.org."""
    value = text(name, default).rstrip("/")
    refusal = ImproperlyConfigured(
        f"{name} is {value!r}; use an address like https://course.example.org, with nothing after the host."
    )
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        raise refusal from None
    extras = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or extras or port == ":0" or "?" in value or "#" in value:
        raise refusal
    host = parts.hostname or ""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*", host):
        raise refusal
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def service(name, schemes):
    """Return the address of a server such as a database, or an empty string when the variable is unset."""
    value = text(name)
    if value and not value.startswith(tuple(f"{scheme}:" for scheme in schemes)):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}:' for scheme in schemes)}.")
    return value


def folder(name, default, base, make=True):
    """Return a folder, relative to the base, as an absolute path; made with mode 0700 if it is not there, if wanted."""
    path = Path(base, text(name, str(default))).resolve()
    if not make:
        return path
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the folder {path} cannot be made ({error.strerror}). "
            f"Give {name} a folder that this user may write to."
        ) from None
    return path


def secret(name, path):
    """Return a secret from the variable, else from a file of mode 0600 that is made on first use."""
    value = text(name)
    if value:
        if len(value) < 50:
            raise ImproperlyConfigured(f"{name} is too short; use at least 50 random characters.")
        return value
    try:
        return _read_or_make(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The secret file {path} cannot be read or written ({error.strerror}). "
            f"Give this user write access to its folder, or set {name}."
        ) from None


def _read_or_make(path):
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        # A link is made only if the name is still free, so two first starts agree on one secret.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
