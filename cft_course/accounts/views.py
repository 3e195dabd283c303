"""The pages about one's own account: what there is, what one prefers, and signing out."""

from allauth.account.models import EmailAddress
from allauth.account.views import logout as ask_and_sign_out
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from cft_course.accounts.forms import PreferencesForm
from cft_course.leaving import CLEAR_SITE_DATA
from practices import reminding

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def overview(request):
    """Lead to everything that someone can do with their account."""
    user = request.user
    is_verified = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    return render(request, "accounts/overview.html", {"is_verified": is_verified})


@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def change_preferences(request):
    """Show and change what someone prefers."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        reminding.schedule(request.user)
        messages.success(request, "Your preferences are saved.")
        return redirect("preferences")
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
def sign_out(request):
    """Sign someone out as django-allauth does, and clear what the browser still has of this site."""
    response = ask_and_sign_out(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response
