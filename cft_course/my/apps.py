from django.apps import AppConfig


class MyConfig(AppConfig):
    """A learner's own page of the course: what they have read, and what they are in the middle of."""

    name = "cft_course.my"
    label = "my"
