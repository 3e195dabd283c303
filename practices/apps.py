from django.apps import AppConfig


class PracticesConfig(AppConfig):
    """Guided practices: their steps, and a learner's way through them."""

    name = "practices"

    def ready(self):
        """Let every change of a practice reach the published pages."""
        from lessons import publishing
        from practices import models

        publishing.watch(models.Practice, models.Step, models.WeeklyPractice, models.DailyQuestion)
