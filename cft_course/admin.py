"""The admin site that editors work in."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from cft_course.accounts import second_factor

# These apps put sessions, addresses, second factors and rights into admin by themselves.
KEPT_OUT = {"account", "auth", "mfa", "usersessions"}


class NoQuestionsAboutOthers:
    """Keeps lists from being filtered by what refers to a row, as by whether anyone wrote about a module.

    Django lets one step of any relation through, also of a hidden one: its name in an address is ``+``.
    """

    def lookup_allowed(self, lookup, value, request):
        """Tell whether a list may be filtered by this."""
        own = {"pk"} | {name for field in self.opts.fields for name in (field.name, field.attname)}
        return lookup.split("__")[0] in own and super().lookup_allowed(lookup, value, request)


class CourseAdminSite(AdminSite):
    """Django admin under the site's own name. Editors change content here and nothing else."""

    site_title = site_header = "CFT Course"
    index_title = "Edit the course"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register models, except those that nobody may see or change here."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        admin_class = admin_class or ModelAdmin
        careful = type(admin_class.__name__, (NoQuestionsAboutOthers, admin_class), {})
        super().register([model for model in models if model._meta.app_label not in KEPT_OUT], careful, **options)

    def has_permission(self, request):
        """Tell whether someone may be here: an editor whose session was opened with a second factor."""
        return super().has_permission(request) and second_factor.is_enough(request)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request, extra_context=None):
        """Send people to the one place where everyone signs in: it limits tries and asks for the second factor."""
        wanted = self._wanted(request)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not super().has_permission(request):
            raise PermissionDenied
        return redirect(wanted) if self.has_permission(request) else second_factor.ask(request, wanted)

    def logout(self, request, extra_context=None):
        """Send editors to where everyone signs out."""
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        """Send editors to where everyone changes a password."""
        return redirect("account_change_password")

    password_change_done = password_change

    def get_urls(self):
        """Return Django's addresses, with "view on site" only for what is in admin anyway."""
        ours = self.admin_view(self.view_on_site)
        return [path("r/<int:content_type_id>/<path:object_id>/", ours), *super().get_urls()]

    def view_on_site(self, request, content_type_id, object_id):
        """Lead to an object's page; without this, the same address would tell which entries there are."""
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        if model is None or not self.is_registered(model):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def _wanted(self, request):
        """Return the page that someone was on the way to, if it is one of this site."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if is_ours else reverse("admin:index")
