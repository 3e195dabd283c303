"""The admin site that editors work in."""

from django.contrib.admin import AdminSite


class CourseAdminSite(AdminSite):
    """Django admin under the site's own name. Editors change content here and nothing else."""

    site_title = site_header = "CFT Course"
    index_title = "Edit the course"
