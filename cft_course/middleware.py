"""What happens to every request before and after its view, outermost first."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import DisallowedHost
from django.http import JsonResponse

from cft_course import csp, errors
from cft_course.accounts import sessions
from lessons.publishing import CACHE_CONTROL, pages

METHODS = {"GET", "HEAD", "POST"}
MOST_KNOWN_HOSTS = 100
# What a form that was opened by someone signed in carries, where visitors are welcome too.
LEARNERS_FORM = "learner"
IMPORT_PATH = "/accounts/import/"


def _headers():
    """Return the headers of every response; OWASP ASVS 5.0, V3.4."""
    headers = {
        "Content-Security-Policy": csp.policy(),
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), bluetooth=(), browsing-topics=(), "
            "publickey-credentials-get=(self), publickey-credentials-create=(self)"
        ),
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return list(headers.items())


def security_headers(get_response):
    """Put the security headers on every response, and keep out of caches whatever is not marked public."""
    headers = _headers()

    def middleware(request):
        response = get_response(request)
        for name, value in headers:
            response.headers.setdefault(name, value)
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        else:
            response.headers.setdefault("Cache-Control", "private, no-store")
        if request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    return middleware


def published_pages(get_response):
    """Answer for a published page from memory, before anything else is set up for the request."""
    known_hosts = set()

    def middleware(request):
        if request.method in ("GET", "HEAD") and _is_for_us(request, known_hosts):
            page = pages.warm(request.path_info)
            if page and (request.is_secure() or not settings.SECURE_SSL_REDIRECT):
                return page.respond(request)
        response = get_response(request)
        if response.headers.get("Cache-Control") == CACHE_CONTROL:
            # A broken cookie of the visitor must not make Django answer with a new one here.
            response.cookies.clear()
            response.headers["Vary"] = "Accept-Encoding"
        return response

    return middleware


def _is_for_us(request, known_hosts):
    """Tell whether Django accepts the request's host, asking it only once for each: that costs more than a page."""
    host = request.META.get("HTTP_HOST")
    if host in known_hosts:
        return True
    try:
        request.get_host()
    except DisallowedHost:
        return False
    if len(known_hosts) < MOST_KNOWN_HOSTS:
        known_hosts.add(host)
    return True


def words_for_errors(get_response):
    """Give a page of words, with crisis support, to every error response that has none of its own."""

    def middleware(request):
        response = get_response(request)
        if response.status_code >= 400 and not _is_whole(response):
            page = errors.page(response.status_code)
            if "Allow" in response.headers:
                page["Allow"] = response["Allow"]
            return page
        return response

    return middleware


def _is_whole(response):
    """Tell whether an error response has a page of its own, or is what a script of ours asked for."""
    return response.streaming or isinstance(response, JsonResponse) or b"<main" in response.content


class LoginRequired(LoginRequiredMiddleware):
    """Close every view that does not say it is open, without a look at the session for those that do.

    Django's own asks who the user is first, which would cost public pages a database and a ``Vary: Cookie``.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Return None for an open view, else what Django decides."""
        if not getattr(view_func, "login_required", True):
            return None
        if request.user.is_authenticated and sessions.over(request):
            logout(request)
        elif request.user.is_authenticated:
            sessions.renew(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """Send a visitor to sign in; whoever was signed out while writing gets their words back instead."""
        if getattr(view_func, "visitors_welcome", False) and not request.POST.get(LEARNERS_FORM):
            return None
        return errors.signed_out(request) or super().handle_no_permission(request, view_func)


def refuse_nonsense(get_response):
    """Refuse what no browser sends by itself: other methods, NUL characters, bodies larger than any form here."""

    def middleware(request):
        if request.method not in METHODS:
            return errors.page(405, headers={"Allow": ", ".join(sorted(METHODS))})
        if _has_nul(request) or not _is_utf8(request):
            return errors.page(400)
        if _body_length(request) > _longest_body(request):
            return errors.page(413)
        return get_response(request)

    return middleware


def _has_nul(request):
    # PostgreSQL refuses a NUL in any text, so none may reach a query. A quoted cookie can hold one as \000.
    texts = [request.path, request.META.get("QUERY_STRING", "").replace("%00", "\0"), *request.COOKIES.values()]
    return any("\0" in text for text in texts)


def _is_utf8(request):
    """Tell whether a form comes in the one encoding that forms of this site have."""
    return (request.content_params or {}).get("charset", "utf-8").lower() in ("utf-8", "utf8")


def _longest_body(request):
    """Return how many bytes a request may bring: a form's worth, or a whole journal where one is brought in."""
    return settings.LONGEST_UPLOAD if request.path_info == IMPORT_PATH else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _body_length(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0
