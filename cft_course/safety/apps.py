from django.apps import AppConfig


class SafetyConfig(AppConfig):
    """Crisis support, helplines and the disclaimer."""

    name = "cft_course.safety"
    label = "safety"

    def ready(self):
        """Let every change of the safety texts reach the published pages."""
        from cft_course.safety import models
        from lessons import publishing

        publishing.watch(models.SafetyTexts, models.Country, models.Helpline)
