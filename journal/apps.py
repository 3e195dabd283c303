from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The private journal, readable by the learner alone."""

    name = "journal"
