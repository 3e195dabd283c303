"""The least a Django page can cost: no middleware, no database, no template, bytes in memory."""

import secrets
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

PAGE = Path(__file__).with_name("page.html").read_bytes()

settings.configure(
    SECRET_KEY=secrets.token_hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
)


def lesson(request, slug):
    # Without CommonMiddleware nobody else says the length, and gunicorn would send chunks, which is slower.
    return HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))})


urlpatterns = [path("modules/<slug:slug>/", lesson)]
application = get_wsgi_application()
