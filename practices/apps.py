from django.apps import AppConfig


class PracticesConfig(AppConfig):
    """Guided practices: their steps, and a learner's way through them."""

    name = "practices"
