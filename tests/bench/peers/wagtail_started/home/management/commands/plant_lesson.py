"""Publish a file of HTML as the lesson, one page below Wagtail's home page."""

from pathlib import Path

from django.core.management.base import BaseCommand
from home.models import HomePage, LessonPage


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("html", type=Path)

    def handle(self, *, html, **options):
        lesson = LessonPage(
            title="What Compassion Really Is",
            slug="what-compassion-really-is",
            body=html.read_text(encoding="utf-8"),
        )
        HomePage.objects.get().add_child(instance=lesson)
