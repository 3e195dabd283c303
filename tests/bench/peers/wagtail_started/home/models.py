"""The home page as `wagtail start` writes it, and the tutorial's page: a title and a rich-text body."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    pass


class LessonPage(Page):
    body = RichTextField(blank=True)
