"""Addresses of one's own account: this site's pages first, then those of django-allauth."""

from django.urls import include, path

from cft_course.accounts import totp, views

urlpatterns = [
    path("", views.overview, name="account"),
    path("preferences/", views.change_preferences, name="preferences"),
    # Before allauth's own of the same name, which it wraps.
    path("logout/", views.sign_out, name="account_logout"),
    path("2fa/totp/activate/", totp.activate, name="mfa_activate_totp"),
    path("", include("allauth.urls")),
]
