"""Learners' accounts in admin: their address and four deeds. No one there sets a password or hands out rights."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from cft_course.accounts import erasure
from cft_course.accounts.models import User

FIELDS = {"email", "is_active", "created", "last_login"}


def end_sessions(user):
    """Sign someone out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    # Those that allauth knows nothing of; rare enough that reading every session is no matter.
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def disable(user):
    """Let someone sign in no more, and sign them out everywhere. Nothing of theirs is changed."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user)


def enable(user):
    """Let someone sign in again."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def delete(user):
    """Sign someone out everywhere and delete all that is theirs."""
    end_sessions(user)
    erasure.delete_account(user)


@dataclass(frozen=True)
class Deed:
    """Something that can be done to a learner's account, with the words that ask and tell."""

    do: Callable
    label: str
    meaning: str
    told: str
    right: str = "accounts.change_user"
    only_if_active: bool | None = None

    def suits(self, user):
        """Tell whether there is anything to do."""
        return self.only_if_active in (None, user.is_active)


DEEDS = {
    "disable": Deed(
        disable,
        "Disable this account",
        "The learner is signed out everywhere and cannot sign in until the account is enabled again. "
        "What they wrote stays as it is.",
        "The account is disabled, and its sessions have ended.",
        only_if_active=True,
    ),
    "enable": Deed(
        enable,
        "Enable this account",
        "The learner can sign in again, with the password they had.",
        "The account is enabled.",
        only_if_active=False,
    ),
    "end-sessions": Deed(
        end_sessions,
        "End all sessions",
        "The learner is signed out on every device and can sign in again at once.",
        "All sessions of this account have ended.",
    ),
    "delete": Deed(
        delete,
        "Delete this account",
        "The account and everything in its journal are deleted for good. Nobody can bring them back. "
        "Only do this when the learner has asked for it.",
        "The account and everything that belonged to it are deleted.",
        "accounts.delete_user",
    ),
}


@admin.register(User)
class LearnerAdmin(admin.ModelAdmin):
    """Learners, by their address. Editors are not here, and nothing that a learner wrote or chose is."""

    fields = readonly_fields = list_display = ["email", "is_active", "created", "last_sign_in"]
    search_fields = ["email"]
    ordering = ["email"]
    actions = None

    @admin.display(description="last sign-in", ordering="last_login")
    def last_sign_in(self, learner):
        """When they last signed in, in words, because Django would show a bare date or "None" here."""
        when = learner.last_login
        return date_format(timezone.localtime(when), "DATETIME_FORMAT") if when else "not yet"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(is_staff=False, is_superuser=False)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Nothing is changed in a form; the deeds ask for this right by themselves."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Django's own page would list what it deletes, and with that how much a learner wrote."""
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("accounts.view_user")

    def lookup_allowed(self, lookup, value, request):
        """Refuse to filter by anything that is not shown, such as the beginning of a password's hash."""
        return lookup.split("__")[0] in FIELDS

    def to_field_allowed(self, request, to_field):
        return to_field == "id"

    def get_urls(self):
        deeds = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(self.deed_page), {"name": name}, f"learner-{name}")
            for name in DEEDS
        ]
        # The nameless one would turn any address, such as that of a password form, into a change page.
        return [*deeds, *[pattern for pattern in super().get_urls() if pattern.name]]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Learners", **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        learner = self.get_object(request, object_id)
        context = {"title": "Learner", "deeds": self._deeds_for(request, learner) if learner else {}}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def deed_page(self, request, pk, name):
        """Ask whether it is meant, then do it, note it without the address, and say so."""
        learner = get_object_or_404(self.get_queryset(request), pk=pk)
        if not (self.has_view_permission(request) and request.user.has_perm(DEEDS[name].right)):
            raise PermissionDenied
        if not DEEDS[name].suits(learner):
            raise Http404
        if request.method == "POST":
            return self._do(request, learner, name)
        context = {"title": DEEDS[name].label, "learner": learner, "deed": DEEDS[name], "opts": self.opts}
        page = self.admin_site.each_context(request) | context
        return TemplateResponse(request, "admin/accounts/user/confirm.html", page)

    def _deeds_for(self, request, learner):
        rows = DEEDS.items()
        return {name: deed for name, deed in rows if deed.suits(learner) and request.user.has_perm(deed.right)}

    def _do(self, request, learner, name):
        pk = learner.pk
        DEEDS[name].do(learner)
        LogEntry.objects.create(
            user=request.user,
            content_type=ContentType.objects.get_for_model(User),
            object_id=pk,
            object_repr=f"Learner {pk}",
            action_flag=DELETION if name == "delete" else CHANGE,
            change_message=DEEDS[name].told,
        )
        messages.success(request, DEEDS[name].told)
        if name == "delete":
            return redirect("admin:accounts_user_changelist")
        return redirect("admin:accounts_user_change", pk)
