"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from cft_course import leaving, views
from lessons import feeds
from lessons.publishing import public_page

handler400 = "cft_course.errors.bad_request"
handler403 = "cft_course.errors.permission_denied"
handler404 = "cft_course.errors.page_not_found"
handler500 = "cft_course.errors.server_error"

SITEMAPS = {"pages": feeds.PageSitemap, "modules": feeds.ModuleSitemap}

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("", include("cft_course.safety.urls")),
    path("", include("lessons.urls")),
    path("leave/", leaving.leave, name="leave"),
    path("leaving/", leaving.leaving, name="leaving"),
    path("accounts/", include("cft_course.accounts.urls")),
    path("sitemap.xml", public_page(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    *views.MOVED,
]

# One process does everything, unless CFT_ROLE splits the journal from admin.
if settings.ROLE != "admin":
    urlpatterns += [
        path("accounts/", include("cft_course.accounts.keepsakes.urls")),
        path("journal/", include("journal.urls")),
        path("my/", include("cft_course.my.urls")),
        path("practices/", include("practices.urls")),
        path("this-week/", include("practices.week_urls")),
        path("reminders/", include("practices.reminder_urls")),
    ]
if settings.ROLE != "web":
    urlpatterns.append(path("admin/", admin.site.urls))
