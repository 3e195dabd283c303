"""The house itself as an app (commands and checks), and the admin site that every app shares."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HouseConfig(AppConfig):
    """Commands, system checks and pages that draw on every app."""

    name = "cft_course"
    label = "house"
    verbose_name = "The house"

    def ready(self):
        """Register the system checks."""
        from cft_course import checks  # noqa: F401 -- the checks register themselves when imported


class SiteAdminConfig(AdminConfig):
    """Django admin with this site's name, help and disclaimer."""

    default_site = "cft_course.admin.CourseAdminSite"
