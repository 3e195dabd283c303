"""Settings of the whole site. Every choice an operator has is read from the environment at the top."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from cft_course import environment
from cft_course.static import keep_hashed_files_for_a_year

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")

# What the environment says. `.env.example` explains each of these.
DEBUG = environment.flag("DEBUG")
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.number("PORT", 8000, 1, 65535)
SITE_URL = environment.origin("SITE_URL", f"http://127.0.0.1:{PORT}")
DATA_DIR = environment.folder("DATA_DIR", "var", base=BASE_DIR)
SECRET_KEY = environment.secret("SECRET_KEY", DATA_DIR / "secret-key")
DATABASE_URL = environment.service("DATABASE_URL", ["sqlite", "postgres", "postgresql"])
REDIS_URL = environment.service("REDIS_URL", ["redis", "rediss", "unix"])
SECURITY_CONTACT = environment.text("SECURITY_CONTACT")
LOG_LEVEL = environment.text("LOG_LEVEL", "WARNING").upper()
# gunicorn reads these two by itself; here nonsense is refused before anything starts.
environment.number("WEB_WORKERS", 1, 1, 64)
environment.number("WEB_THREADS", 4, 1, 64)
EXTRA_HOSTS = environment.words("ALLOWED_HOSTS")

if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; use DEBUG, INFO, WARNING, ERROR or CRITICAL.")

# An https address is the one switch from a site on this machine to a public one.
SITE_HOST = urlsplit(SITE_URL).netloc.removesuffix(f":{urlsplit(SITE_URL).port}")
IS_PUBLIC = SITE_URL.startswith("https://")
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [SITE_HOST, *([] if IS_PUBLIC else LOCAL_HOSTS), *EXTRA_HOSTS]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS may not contain *; name each host.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "cft_course.apps.SiteAdminConfig",
    "cft_course.apps.HouseConfig",
    "cft_course.accounts.apps.AccountsConfig",
    "cft_course.safety.apps.SafetyConfig",
    "practices.apps.PracticesConfig",
    "journal.apps.JournalConfig",
    "lessons.apps.LessonsConfig",
]

MIDDLEWARE = [
    # Outermost, so that redirects, static files and pages from memory carry the headers too.
    "cft_course.middleware.security_headers",
    "cft_course.middleware.published_pages",
    "cft_course.middleware.words_for_errors",
    "cft_course.middleware.refuse_nonsense",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Everything is closed unless a view says that it is open.
    "cft_course.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cft_course.urls"
WSGI_APPLICATION = "cft_course.wsgi.application"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Data
SQLITE_OPTIONS = {
    # IMMEDIATE and FULL: no "database is locked" in read-then-write, and "saved" means on the disk.
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;PRAGMA journal_size_limit=67108864;"
    ),
}
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "options": ("-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"),
}


def database(url):
    """Return Django's settings for one database address, with the options this site relies on."""
    try:
        parsed = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except (ValueError, dj_database_url.UnknownSchemeError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None
    is_sqlite = parsed["ENGINE"].endswith("sqlite3")
    parsed["OPTIONS"] = parsed.get("OPTIONS", {}) | (SQLITE_OPTIONS if is_sqlite else POSTGRES_OPTIONS)
    return parsed


DATABASES = {"default": database(DATABASE_URL or f"sqlite:///{DATA_DIR / 'course.sqlite3'}")}

IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": IN_MEMORY},
    # Rendered Markdown: small, made again in milliseconds, and worth no network.
    "markdown": {
        "BACKEND": IN_MEMORY,
        "LOCATION": "markdown",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cft",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]

# Language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = keep_hashed_files_for_a_year

# Security. The headers themselves are written in `cft_course/middleware.py`.
SESSION_COOKIE_NAME = "__Host-session" if IS_PUBLIC else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_PUBLIC else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PUBLIC
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Two weeks in all; WCAG 2.2.1 asks for a warning only under twenty hours.
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
CSRF_FAILURE_VIEW = "cft_course.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_PUBLIC else []
SECURE_SSL_REDIRECT = IS_PUBLIC
SECURE_HSTS_SECONDS = 63_072_000 if IS_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PUBLIC
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# One constant policy without nonces, so that public pages stay the same bytes for everyone.
# The name is the one Django 6.0 uses, so that its own middleware can take over later.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
    "manifest-src": ["'self'"],
} | ({"upgrade-insecure-requests": []} if IS_PUBLIC else {})

# Logs hold no request bodies, no query strings and no error mails.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # A wrong address or host is the visitor's business and no news for the log.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
    },
}
