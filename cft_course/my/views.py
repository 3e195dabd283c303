"""Your course: what to go on with, the modules with what was read and done. No percentages, no badges."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cft_course.my import overview
from cft_course.my.models import Reading
from journal.access import learners_only
from lessons.models import Module
from practices import visitor


@learners_only
@require_safe
def course(request):
    """Show what to go on with first, then every module with what was read and done."""
    context = overview.of(request.user)
    context["waiting"] = visitor.waiting(request)
    context["name"] = request.user.open_name(request.keyring)
    return render(request, "my/course.html", context)


@csrf_exempt
@learners_only
@require_http_methods(["GET", "HEAD", "POST"])
def read(request, number):
    """Mark a module as read: the one button at the end of a lesson.

    Lessons are the same bytes for everyone, so their button carries no token. The browser itself says which site a form
    was sent from (Fetch Metadata, W3C; Origin, RFC 6454), and the session's cookie is ``SameSite=Lax``.
    """
    module = get_object_or_404(Module.objects.published(), number=number)
    if request.method != "POST":
        # Whoever had to sign in first arrives here, and presses the button once more.
        return render(request, "my/read.html", {"module": module})
    if not _is_from_here(request):
        raise PermissionDenied
    today = request.user.day_of(timezone.now())
    Reading.objects.get_or_create(owner=request.user, module=module, defaults={"day": today})
    messages.success(request, f"Marked as read: {module.title}.")
    return redirect("my:course")


def _is_from_here(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@learners_only
@require_POST
def unread(request, number):
    """Take the mark away again."""
    Reading.objects.filter(owner=request.user, module__number=number).delete()
    return redirect("my:course")
