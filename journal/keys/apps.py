from django.apps import AppConfig


class KeysConfig(AppConfig):
    """The keys to what learners write, in a database of their own."""

    name = "journal.keys"
    label = "journal_keys"
    verbose_name = "Keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Register the system checks."""
        from journal.keys import checks  # noqa: F401 -- the checks register themselves when imported
