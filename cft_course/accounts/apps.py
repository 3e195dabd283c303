from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The user model and everything a person does with their own account."""

    name = "cft_course.accounts"
    label = "accounts"
