"""Pages that belong to the house: home, about, and what machines ask for."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from lessons import structured
from lessons.models import Course, Module
from lessons.outages import DATABASE_IS_AWAY
from lessons.publishing import public_page

PLAIN = "text/plain; charset=utf-8"
# What crawlers leave alone.
PRIVATE_PARTS = ["accounts", "admin", "journal", "leave", "search"]


@public_page
def home(request):
    """Say what the course is, how it works and who made it, and list its modules."""
    course = _course()
    modules = list(Module.objects.listed().filter(course=course))
    context = {
        "path": request.path,
        "course": course,
        "modules": modules,
        "first": next((module for module in modules if module.is_published), None),
        "structured": structured.course(course, modules),
    }
    return HttpResponse(render_to_string("home.html", context))


@public_page
def about(request):
    """Say who publishes the course, where CFT comes from and what the course cannot do."""
    context = {"path": request.path, "course": _course()}
    return HttpResponse(render_to_string("about.html", context))


@public_page
def robots(request):
    """Tell crawlers what to leave alone (RFC 9309) and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: /{part}/" for part in PRIVATE_PARTS), ""]
    lines.append(f"Sitemap: {structured.address('/sitemap.xml')}\n")
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@login_not_required
@require_safe
def security_txt(request):
    """Tell where to report a security problem (RFC 9116); 404 until the operator gives a contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    # A date within a year, always at midnight, so that one day's answers are alike.
    expires = datetime.combine(datetime.now(UTC).date() + timedelta(days=180), time(), UTC)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {structured.address('/.well-known/security.txt')}\n",
    ]
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@login_not_required
@require_safe
def favicon(request):
    """Lead browsers that ask for the old name to the icon."""
    return redirect(static("img/favicon.ico"), permanent=True)


@login_not_required
@require_safe
def livez(request):
    """Say that the process answers. Touches no database."""
    return HttpResponse("alive\n", content_type=PLAIN)


@login_not_required
@require_safe
def readyz(request):
    """Say whether the database answers: 200, or 503 with the error page."""
    try:
        connection.ensure_connection()
        Course.objects.exists()
    except DATABASE_IS_AWAY:
        return HttpResponse(status=503)
    return HttpResponse("ready\n", content_type=PLAIN)


def _course():
    course = Course.objects.first()
    if course is None:
        raise Http404
    return course


def _moved(old, name):
    view = RedirectView.as_view(pattern_name=name, permanent=True)
    return path(old, login_not_required(view), name=f"moved-{old.strip('/')}")


# Addresses that people try, or that this site once had.
MOVED = [
    _moved("faq/", "lessons:questions"),
    _moved("crisis/", "safety:help"),
    _moved("crisis-support/", "safety:help"),
    _moved("modules/", "home"),
    _moved("feed/", "lessons:feed"),
]
