"""One page, read from one row and drawn by a template on every request."""

from django.shortcuts import get_object_or_404, render
from django.urls import path
from lesson.models import Lesson


def lesson(request, slug):
    context = {"lesson": get_object_or_404(Lesson, slug=slug), "numbers": range(1, 14)}
    return render(request, "lesson.html", context)


urlpatterns = [path("modules/<slug:slug>/", lesson, name="lesson")]
