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
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
DATABASE_URL = environment.service("DATABASE_URL", ["sqlite", "postgres", "postgresql"])
KEYS_DATABASE_URL = environment.service("KEYS_DATABASE_URL", ["sqlite", "postgres", "postgresql"])
# Empty: one process does everything. "web" has no admin; "admin" has no journal and needs no key file.
ROLE = environment.choice("CFT_ROLE", "", ["", "web", "admin"])
KEY_DIR = environment.folder("KEY_DIR", DATA_DIR / "keys", base=BASE_DIR, make=ROLE != "admin")
REDIS_URL = environment.service("REDIS_URL", ["redis", "rediss", "unix"])
SECURITY_CONTACT = environment.text("SECURITY_CONTACT")
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_SECURITY = environment.choice("EMAIL_SECURITY", "starttls", ["starttls", "tls", "none"])
LEAVE_TO = environment.address("LEAVE_TO", "https://www.bbc.co.uk/weather")
LOG_LEVEL = environment.text("LOG_LEVEL", "WARNING").upper()
# gunicorn reads these two by itself; here nonsense is refused before anything starts.
environment.number("WEB_WORKERS", 1, 1, 64)
environment.number("WEB_THREADS", 8, 1, 64)
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

# Strangers could find out who has an account as long as an address need not be verified.
EMAIL_VERIFICATION = environment.choice(
    "EMAIL_VERIFICATION", "mandatory" if IS_PUBLIC and EMAIL_HOST else "optional", ["optional", "mandatory"]
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "cft_course.apps.SiteAdminConfig",
    "cft_course.apps.HouseConfig",
    "cft_course.accounts.apps.AccountsConfig",
    "cft_course.safety.apps.SafetyConfig",
    "cft_course.my.apps.MyConfig",
    "practices.apps.PracticesConfig",
    "journal.apps.JournalConfig",
    "journal.keys.apps.KeysConfig",
    "lessons.apps.LessonsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
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
    "allauth.account.middleware.AccountMiddleware",
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


def embedded(name):
    """Return the address of an SQLite file in the data folder."""
    return f"sqlite:///{DATA_DIR / name}"


DATABASES = {
    "default": database(DATABASE_URL or embedded("course.sqlite3")),
    # Apart from what they lock, so that a key deleted here leaves older copies of the words unreadable.
    "keys": database(KEYS_DATABASE_URL or embedded("keys.sqlite3")),
}
if not DATABASE_URL:
    # In a file of their own, so that signing in never waits for a save, nor a save for someone signing in.
    DATABASES["sessions"] = database(embedded("sessions.sqlite3"))
DATABASE_ROUTERS = ["cft_course.databases.Router"]

IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    # Shared by every process, because the limits on tries are counted in it.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index" if ROLE == "admin" else "my:course"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["cft_course.accounts.hashers.QueuedHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]

ACCOUNT_ADAPTER = "cft_course.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "cft_course.accounts.forms.SignupForm",
    "login": "cft_course.accounts.forms.LoginForm",
    "request_login_code": "cft_course.accounts.forms.RequestLoginCodeForm",
    "change_password": "cft_course.accounts.forms.ChangePasswordForm",
    "set_password": "cft_course.accounts.forms.SetPasswordForm",
    "reset_password_from_key": "cft_course.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# allauth verifies by code only where it may insist on it. Whether it does is asked in the adapter.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PUBLIC else "http"
# Added to allauth's own limits: how many visits without an account may begin a practice from one address.
ACCOUNT_RATE_LIMITS = {"visit": "300/h/ip"}
# Each proxy in front adds one address to X-Forwarded-For; more than those are somebody's invention.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PROXY_COUNT", 1 if IS_PUBLIC else 0, 0, 9)
MFA_ADAPTER = "cft_course.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "cft_course.accounts.passkeys.AddWebAuthnForm",
    "login_webauthn": "cft_course.accounts.passkeys.LoginWebAuthnForm",
    "authenticate_webauthn": "cft_course.accounts.passkeys.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "cft_course.accounts.passkeys.ReauthenticateWebAuthnForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "CFT Course"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PUBLIC
USERSESSIONS_TRACK_ACTIVITY = False

# Mail. Without a server it is printed, so that the embedded start needs none.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = environment.number("EMAIL_PORT", 465 if EMAIL_SECURITY == "tls" else 587, 1, 65535)
EMAIL_HOST_USER = environment.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", f"CFT Course <noreply@{SITE_HOST}>")

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
    "staticfiles": {"BACKEND": "cft_course.static.RememberingStorage"},
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
# Two weeks in all, a day when unused; WCAG 2.2.1 asks for a warning only under twenty hours.
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_IDLE_SECONDS = 24 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MFA_TRUST_COOKIE_NAME = "__Host-mfa-trust" if IS_PUBLIC else "mfa-trust"
CSRF_FAILURE_VIEW = "cft_course.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_PUBLIC else []
SECURE_SSL_REDIRECT = IS_PUBLIC
SECURE_HSTS_SECONDS = 63_072_000 if IS_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PUBLIC
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# What someone brings from another journal is read in memory: no file with their words is ever written.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = LONGEST_UPLOAD = 25_000_000

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
        # Who signed in or out, by number only: a site that was attacked needs to know.
        "cft_course.accounts": {"level": "INFO"},
        # At DEBUG it would print whole pages, with the words in them.
        "django.template": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # A wrong address or host is the visitor's business and no news for the log.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
    },
}
