from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The user model and everything a person does with their own account."""

    name = "cft_course.accounts"
    label = "accounts"

    def ready(self):
        """Register the system checks, and what follows when someone signs in."""
        from cft_course.accounts import checks, signals  # noqa: F401 -- both register themselves when imported
