"""Every address of the site."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from cft_course import views
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
    path("admin/", admin.site.urls),
    path("sitemap.xml", public_page(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    *views.MOVED,
]
