from django.apps import AppConfig


class LessonsConfig(AppConfig):
    """The course, its modules and their questions, and the pages made from them."""

    name = "lessons"

    def ready(self):
        """Let every change of the content reach the published pages."""
        from lessons import models, publishing

        publishing.watch(models.Course, models.Module, models.Question, models.OldSlug)
