"""What machines read: the Atom feed of modules and the sitemap."""

from datetime import UTC, datetime, time

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from lessons.models import Course, Module


class ModuleFeed(Feed):
    """An Atom feed of published modules, newest first (RFC 4287)."""

    feed_type = Atom1Feed
    link = "/"
    __name__ = "module_feed"  # Decorators expect a view to have a name.

    def get_object(self, request):
        return Course.objects.first()

    def title(self, course):
        return course.title if course else "CFT Course"

    def subtitle(self, course):
        return course.summary if course else ""

    def feed_url(self, course):
        return reverse("lessons:feed")

    def author_name(self, course):
        return course.publisher if course else ""

    def items(self, course):
        return Module.objects.published().order_by("-published_on", "-number")[:30]

    def item_title(self, module):
        return str(module)

    def item_description(self, module):
        return module.summary

    def item_pubdate(self, module):
        return datetime.combine(module.published_on, time(), UTC)

    def item_updateddate(self, module):
        return module.changed


class PageSitemap(Sitemap):
    """The pages that hardly change."""

    def items(self):
        names = ["home", "lessons:questions", "about", "safety:help", "safety:disclaimer"]
        return [reverse(name) for name in names]

    def location(self, path):
        return path


class ModuleSitemap(Sitemap):
    """The published modules."""

    def items(self):
        return Module.objects.published()

    def lastmod(self, module):
        return module.changed
