"""Addresses of reminders."""

from django.urls import path

from practices import unsubscribing

app_name = "reminders"

urlpatterns = [
    path("", unsubscribing.settings, name="settings"),
    path("stop/<str:signed>/", unsubscribing.stop, name="stop"),
]
